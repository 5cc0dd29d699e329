"""A feed, running for as long as a block lasts."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from feeds.clock import Clock, SystemClock
from feeds.connection.feed import run_feed


@asynccontextmanager
async def running(
    holder: str = "test", clock: Clock | None = None, feed: str = "main"
) -> AsyncIterator[asyncio.Task[bool]]:
    """It has five seconds to end."""
    stop = threading.Event()
    task = asyncio.create_task(run_feed(feed, holder, stop, clock or SystemClock()))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait_for(task, 5.0)
