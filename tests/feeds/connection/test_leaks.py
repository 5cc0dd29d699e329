"""What many connections and many starts leave behind: nothing."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.clock import ManualClock
from tests.exchange.dialects import DIALECTS
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.listener import connect, listening
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.waiting import wait_until

RECONNECTS, STARTS = 999, 5

Counts = tuple[int, int, int]


def counts() -> Counts:
    """Open files, threads, tasks of this loop. A loop's own pool, which looks names up, fills as far as it may."""
    threads = [thread for thread in threading.enumerate() if not thread.name.startswith("asyncio_")]
    return len(list(Path("/proc/self/fd").iterdir())), len(threads), len(asyncio.all_tasks())


def not_more_than(before: Counts) -> bool:
    """What was about to end then may have ended by now."""
    return all(now <= then for now, then in zip(counts(), before, strict=True))


@pytest_asyncio.fixture
async def patient() -> AsyncIterator[Exchange]:
    """An exchange that takes as many connections of Binance's clients as they open."""
    limits = {"binance": replace(DIALECTS["binance"].limits, connects=None)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits) as exchange:
        yield exchange


async def test_reconnects_leave_nothing_behind(patient: Exchange, clock: ManualClock) -> None:
    """W7: after a thousand connections to a venue, there are no more files, threads and tasks than after the first."""
    exchange = patient

    async def reconnect() -> None:
        async with listening(exchange, clock) as frames:
            await connect(exchange, frames)
        await wait_until(lambda: not exchange.open_connections)

    await reconnect()
    before = counts()
    for _ in range(RECONNECTS):
        await reconnect()
    assert len(exchange.connections) == 1 + RECONNECTS
    await wait_until(lambda: not_more_than(before))


@pytest.mark.django_db(transaction=True)
async def test_starts_of_a_feed_leave_nothing_behind(lively: Exchange, observer: Observer) -> None:
    """W7: nor does a feed that is started and stopped, with its loops, its thread and its Redis connections."""

    async def start() -> None:
        async with running():
            await wait_until(lambda: lively.open_connections)
            await observer.price_from("binance")
        await wait_until(lambda: not lively.open_connections)

    await start()
    before = counts()
    for _ in range(STARTS):
        await start()
    await wait_until(lambda: not_more_than(before))
