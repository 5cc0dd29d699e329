"""Sees every price that a feed shows, in the moment in which it is written: none is between two looks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NamedTuple

import redis.asyncio

from feeds.storage import keys, latest
from tests.exchange import tasks

_WRITTEN = f"SET {keys.price('main', 'BTC-USDT')} "


class Sight(NamedTuple):
    """A price, and when it was there to be seen."""

    at: datetime
    price: latest.PriceState


@asynccontextmanager
async def watching(redis_url: str) -> AsyncIterator[list[Sight]]:
    """Everything that is shown of BTC-USDT for as long as the block lasts, in order."""
    client = redis.asyncio.Redis.from_url(redis_url)
    sights: list[Sight] = []
    # redis-py's monitor is not typed.
    async with client, client.monitor() as monitor:
        task = tasks.start(_watch(monitor, sights))
        try:
            yield sights
        finally:
            await tasks.stop([task])


def oldest_age(sights: list[Sight]) -> float:
    """How many seconds the price that stood there was old at most: just before the next one came."""
    return max((later.at - earlier.price.seen_at).total_seconds() for earlier, later in pairwise(sights))


async def _watch(monitor: Any, sights: list[Sight]) -> None:
    while True:
        command: str = (await monitor.next_command())["command"]
        if command.startswith(_WRITTEN):
            text = command.removeprefix(_WRITTEN).rpartition(" EX ")[0]
            sights.append(Sight(datetime.now(UTC), latest.decode_price(text)))
