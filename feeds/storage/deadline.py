"""How long the database may take to answer: a query that goes on for longer is cut."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import OperationalError, connection

from feeds.clock import SystemClock

# For whoever asks from outside (C13).
LONGEST_S: Final = 2.0
# Steps of SQLite's machine between two looks at the clock: some 0.1 ms.
_STEPS: Final = 10_000


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises OperationalError once the queries in here took so long, together, in this thread.

    One that runs by then is cut at once by SQLite, and by PostgreSQL after its own `statement_timeout`, as
    omega_site/database.py sets it: so there it may be twice as long.
    """
    clock = SystemClock()
    until = clock.monotonic() + seconds

    def is_over() -> bool:
        return clock.monotonic() > until

    def begun(execute: Any, *asked: Any) -> Any:
        if is_over():
            raise OperationalError(f"interrupted: the time was over after {seconds} s")
        return execute(*asked)

    with connection.execute_wrapper(begun), _cut(is_over):
        yield


@contextmanager
def _cut(is_over: Callable[[], bool]) -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.set_progress_handler(is_over, _STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)
