"""The SQLite file while somebody else writes: it is locked for as long as a test wants."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from django.db import connection, connections

locks_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="locks the SQLite file")


def be_impatient() -> None:
    """This thread's connection gives up on a lock after 20 ms, so that no test waits for as long as the site does."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 20")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same for every connection that is opened from now on, after half a second."""
    connections.close_all()
    monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "timeout", 0.5)
    yield
    connections.close_all()


@contextmanager
def write_lock() -> Iterator[None]:
    """Held by a connection that is none of Django's; closing it rolls back, which releases the lock."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
