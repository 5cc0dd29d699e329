"""Database calls from a loop: one thread per loop, so that a locked database never stops the sockets."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, ParamSpec, TypeVar

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connection, connections
from django.db.models import QuerySet

from feeds.tally import DATABASE, TALLY

P = ParamSpec("P")
R = TypeVar("R")

# A connection that broke may say so in words that are no DatabaseError.
DATABASE_ERRORS: Final = (DatabaseError, InterfaceError)


class DatabaseThread:
    """Runs blocking ORM calls, in order, on a thread with a connection of its own."""

    def __init__(self, name: str) -> None:
        # Why the last call failed; "" while the database answers.
        self.trouble = ""
        # Told, in the loop, whenever that changes.
        self.heard: Callable[[str], None] = _nobody
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"database-{name}")

    async def run(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._pool, _call, lambda: call(*args, **kwargs))
        except (DataError, IntegrityError):
            self._note("")
            raise
        except DatabaseError as error:
            self._note(str(error) or type(error).__name__)
            raise
        self._note("")
        return found

    def _note(self, trouble: str) -> None:
        TALLY.asked(DATABASE, has_failed=bool(trouble))
        was, self.trouble = self.trouble, trouble
        if bool(was) != bool(trouble):
            self.heard(trouble)

    async def close(self) -> None:
        await self.run(connections.close_all)
        self._pool.shutdown(wait=False)


def streamed(rows: QuerySet[Any, R], chunk_size: int = 2000) -> Iterator[R]:
    """The rows, a chunk in memory at a time. Every failure is a DatabaseError.

    Django does not translate what its server-side cursor says where the connection is gone when it is closed.
    """
    with connection.wrap_database_errors:
        yield from rows.iterator(chunk_size)


def give_back() -> None:
    """Gives this thread's connection back, but not out of a transaction: that is for whoever began it."""
    if not connection.in_atomic_block:
        connection.close()


def _nobody(trouble: str) -> None:
    """Nobody wants to know."""


def _call(call: Callable[[], R]) -> R:
    try:
        return call()
    except InterfaceError as error:
        connections.close_all()
        raise DatabaseError(str(error)) from error
    except DatabaseError:
        # A connection that broke stays broken; the next call gets a new one.
        connections.close_all()
        raise
