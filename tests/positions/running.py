"""An account that is followed for as long as a block lasts, and what is waited for meanwhile."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from feeds.clock import Clock, SystemClock
from feeds.storage.database import DatabaseThread
from positions.connection.stream import run_account
from positions.models import Account, Fill
from tests.exchange.bitget.account import DeskAccount
from tests.waiting import wait_for


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


async def every_fill_is_stored(held: DeskAccount, database: DatabaseThread) -> None:
    """In the end: its push may come after that of the position."""

    async def stored() -> bool | None:
        return await database.run(Fill.objects.count) == len(held.executions) or None

    await wait_for(stored, within=10.0)
