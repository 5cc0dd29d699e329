"""The inside of a writer: one write after the other to a pair of Redis servers until stdin ends, then JSON on stdout.

Standard library only, because the peer runs it in an environment that has nothing of ours.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Protocol

# A stream, in which each entry has one field.
LOG = "trade_log"
FIELD = "trade"
WRITE_EVERY_S = 0.005
RETRY_AFTER_S = 0.01


class Log(Protocol):
    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What says that a write is not acknowledged."""
        ...

    async def open(self) -> None: ...

    async def append(self, text: str) -> None:
        """Returned = acknowledged."""
        ...

    async def read(self) -> list[str]:
        """What was written, as its own reader is given it."""
        ...

    async def close(self) -> None: ...


def serve(open_log: Callable[[str, str], Log]) -> None:
    """Writes to the two addresses on the command line."""
    primary, failover = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(_write(open_log(primary, failover)))) + "\n")


async def _write(log: Log) -> dict[str, object]:
    await log.open()
    is_over = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
    written, longest_s = 0, 0.0
    while not is_over.done():
        began = time.monotonic()
        await _acknowledged(log, str(written))
        longest_s = max(longest_s, time.monotonic() - began)
        written += 1
        await asyncio.sleep(WRITE_EVERY_S)
    read = await log.read()
    await log.close()
    return {"longest_s": longest_s, "written": written, "read": read}


async def _acknowledged(log: Log, text: str) -> None:
    while True:
        try:
            return await log.append(text)
        except log.errors:
            await asyncio.sleep(RETRY_AFTER_S)
