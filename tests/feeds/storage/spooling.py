"""A process that trades while Redis is away, and says how many trades it has acknowledged. For tests that kill it."""

import asyncio
import sys
from itertools import count

from feeds.storage.live import LiveStore
from feeds.storage.recorder import RETRY_EVERY_S, Recorder
from feeds.storage.spool import Spool
from tests.clock import QuickClock
from tests.feeds.samples import logged


async def trade(url: str) -> None:
    """For ever, and so quickly that it is killed in the middle of something."""
    clock, spool = QuickClock(speed=50), Spool("main")

    def tell(*_: object) -> None:
        sys.stdout.write(f"{spool.waiting}\n")
        sys.stdout.flush()

    recorder = Recorder(LiveStore(url), dict, clock, tell, spool)
    async with asyncio.TaskGroup() as group:
        group.create_task(recorder.run())
        for number in count():
            await recorder.add(logged(number))
            if number % 100 == 0:
                await clock.sleep(RETRY_EVERY_S / 2)


if __name__ == "__main__":
    asyncio.run(trade(sys.argv[1]))
