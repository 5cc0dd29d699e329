"""An account that is followed for as long as a block lasts."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from feeds.clock import Clock, SystemClock
from positions.connection.stream import run_account
from positions.models import Account


@asynccontextmanager
async def following(
    account: Account, clock: Clock | None = None, holder: str = "test"
) -> AsyncIterator[asyncio.Task[bool]]:
    """It has five seconds to end."""
    stop = threading.Event()
    task = asyncio.create_task(run_account(str(account.pk), holder, stop, clock or SystemClock()))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait_for(task, 5.0)
