"""A session with a bad peer, by the test's clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from feeds.connection.session import listen
from feeds.connection.stall import SessionTiming
from feeds.errors import SessionEnded
from feeds.venues import REGISTRY
from tests.clock import ManualClock
from tests.feeds.connection.listener import Frames, hear_end
from tests.waiting import wait_until


@asynccontextmanager
async def session(
    url: str, clock: ManualClock, code: str = "binance", timing: SessionTiming | None = None
) -> AsyncIterator[Frames]:
    """Bitcoin from whatever answers there."""
    venue = REGISTRY[code]
    leave: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    symbols = [venue.symbol("BTC", "USDT")]
    async with aclosing(listen(venue, url, symbols, timing or SessionTiming(), clock, leave)) as frames:
        yield frames


async def end_of(
    url: str, clock: ManualClock, code: str = "binance", timing: SessionTiming | None = None
) -> SessionEnded:
    """Why the session ended. Nothing but a SessionEnded ever comes out of it, and it leaves no task behind."""
    before = asyncio.all_tasks()
    with pytest.raises(SessionEnded) as ended:
        async with session(url, clock, code, timing) as frames:
            await hear_end(frames)
    await wait_until(lambda: not _ours(asyncio.all_tasks() - before))
    assert clock.sleepers == 0
    return ended.value


def _ours(tasks: set[asyncio.Task[object]]) -> list[str]:
    """Tasks of the feeds and of the libraries that they use; not those of the peer."""
    frames = [frame for task in tasks for frame in task.get_stack()]
    files = [frame.f_code.co_filename for frame in frames]
    return [
        file
        for file in files
        if "/feeds/connection/" in file and "/tests/" not in file or "/websockets/" in file or "/httpx/" in file
    ]
