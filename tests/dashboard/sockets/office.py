"""An inspector on a clock that the test moves, and a database that does not do what it is asked."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from channels.db import database_sync_to_async
from django.db import OperationalError, connection, transaction
from django.db.backends.signals import connection_created

from dashboard.models import ApiToken
from dashboard.sockets.identity import Identity
from dashboard.sockets.inspector import LOOK_EVERY, Inspector
from dashboard.sockets.login import Login
from tests.clock import ManualClock
from tests.waiting import wait_until

Names = list[str | None]


class Office:
    """An inspector with a few sockets, and what each of them was told."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.inspector = clock, Inspector(clock)
        self.told: list[Identity | None] = []
        self._stops: list[Callable[[], None]] = []

    @property
    def names(self) -> Names:
        return [identity.username if identity else None for identity in self.told]

    def open(self, login: Login) -> Callable[[], None]:
        self._stops.append(self.inspector.watch(login, self.told.append))
        return self._stops[-1]

    async def pass_time(self, seconds: float = LOOK_EVERY) -> None:
        """With whatever look is due by then."""
        await self.clock.advance(seconds)
        await self.settle()

    async def settle(self) -> None:
        """Looks that were asked for begin, and are over: the inspector waits for the clock again."""
        await self.clock.advance(0)
        await wait_until(lambda: self.clock.sleepers)

    async def close(self) -> None:
        for stop in self._stops:
            stop()
        await wait_until(lambda: not self.clock.sleepers)


@asynccontextmanager
async def no_answers() -> AsyncIterator[None]:
    """Whoever asks the database for a session meanwhile gets its error."""
    await database_sync_to_async(_execute)("ALTER TABLE django_session RENAME TO hidden")
    try:
        yield
    finally:
        await database_sync_to_async(_execute)("ALTER TABLE hidden RENAME TO django_session")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def refusing(is_refused: Callable[[str], bool]) -> Iterator[None]:
    """The database refuses what is asked in such words, on all connections that are opened meanwhile."""
    is_over = threading.Event()

    def execute(go_on: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        if not is_over.is_set() and is_refused(f"{sql} {params}"):
            raise OperationalError("database is locked")
        return go_on(sql, params, *rest)

    def refuse(connection: Any, **_: Any) -> None:
        connection.execute_wrappers.append(execute)

    connection_created.connect(refuse)
    try:
        yield
    finally:
        is_over.set()
        connection_created.disconnect(refuse)


@asynccontextmanager
async def another_writer() -> AsyncIterator[None]:
    """Whoever wants to write to the tokens meanwhile has to wait."""
    holds, is_over = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            ApiToken.objects.update(name="held")
            holds.set()
            is_over.wait(10)

    writing = asyncio.create_task(database_sync_to_async(write, thread_sensitive=False)())
    await wait_until(holds.is_set)
    try:
        yield
    finally:
        is_over.set()
        await writing


def noting() -> int:
    """How many write down now that tokens were used."""
    return sum(task.get_name() == "token uses" for task in asyncio.all_tasks())


async def noted() -> int:
    """Of how many tokens that is written down."""
    return await ApiToken.objects.exclude(last_used_at=None).acount()
