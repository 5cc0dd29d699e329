"""A program that writes prices and trades at an even rate, as a worker does; a process of its own, as a worker is.

Each price says when it was written.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime

import django
from msgspec import structs

django.setup()

# They import models.
from feeds.storage import keys, latest  # noqa: E402
from feeds.storage.live import LiveStore  # noqa: E402
from feeds.storage.redis import RedisDown  # noqa: E402
from tests.dashboard import samples  # noqa: E402
from tests.load.pace import at_rate  # noqa: E402

FEED_EVERY_S = 1.0


async def main(rate: float) -> None:
    """Trades of this writer have higher numbers than those of any before."""
    store, first, began = LiveStore(), int(time.time() * 1000), datetime.now(UTC)

    async def write(count: int) -> float | None:
        try:
            if count % round(rate * FEED_EVERY_S) == 0:
                await _write_feed(store, first + count, began)
            return await _write_price(store, first + count)
        except RedisDown:
            return None

    await at_rate(rate, write)
    await store.close()


async def _write_price(store: LiveStore, number: int) -> float:
    """When it was written, to the microsecond, as the state says."""
    price = f"{76_000 + number % 50}.{number % 100:02}"
    now = datetime.now(UTC)
    trade = structs.replace(samples.trade(number, price, now), received_at=now)
    await store.append([latest.encode(trade)])
    await store.write_state({keys.price("main", trade.instrument): samples.price_state(trade, now, number)})
    return now.timestamp()


async def _write_feed(store: LiveStore, number: int, began: datetime) -> None:
    """The same venue leads all the time."""
    state, led = samples.feed_state(datetime.now(UTC), version=number), samples.feed_state(began)
    state = structs.replace(state, active_since_at=led.active_since_at, switches=led.switches)
    await store.write_state({keys.feed("main"): state})


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
