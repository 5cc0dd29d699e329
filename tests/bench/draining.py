"""Rows a second into the database of DATABASE_URL, of which there is nothing yet: `python -m tests.bench.draining`.

Prints JSON: by name, one value for each round. Wall-clock time, since a database is a process of its own.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from typing import Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
# Whose log stands beside what it prints, whatever the process is that asks for it.
os.environ["OMEGA_ROLE"] = "command"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from feeds.clock import SystemClock  # noqa: E402
from feeds.storage import table  # noqa: E402
from feeds.storage.consumer import LogConsumer  # noqa: E402
from feeds.storage.drain import BATCH_SIZE, Drain  # noqa: E402
from feeds.storage.latest import LoggedTrade  # noqa: E402
from tests.bench.figure import Sample  # noqa: E402
from tests.feeds.samples import logged  # noqa: E402
from tests.feeds.storage.log import append  # noqa: E402
from tests.redis_server import RedisServer  # noqa: E402

# Stores a batch: everything before is not timed.
Prepare = Callable[[list[LoggedTrade]], Callable[[], object]]
_COLUMNS: Final = "venue_id, instrument_id, trade_id, side, quarantine, price, size, traded_at, received_at"


def main(rounds: int, seconds: float) -> dict[str, Sample]:
    call_command("migrate", verbosity=0)
    server = RedisServer()
    try:
        with closing(LogConsumer("bench", server.url)) as consumer:
            drain = Drain(consumer, SystemClock())
            drain.step()
            ways: dict[str, Prepare] = {"drain": lambda trades: _logged(server, drain, trades), "executemany": _insert}
            if connection.vendor == "postgresql":
                ways["COPY"] = _copy
            return _race(ways, rounds, seconds)
    finally:
        server.remove()


def _race(ways: dict[str, Prepare], rounds: int, seconds: float) -> dict[str, Sample]:
    samples = {name: Sample() for name in ways}
    batches = _batches()
    for _ in range(rounds):
        for name, prepare in ways.items():
            samples[name].append(_rate(prepare, batches, seconds))
    return samples


def _batches() -> Iterator[list[LoggedTrade]]:
    """Trades that nobody has stored yet."""
    for first in count(0, BATCH_SIZE):
        yield [logged(number) for number in range(first, first + BATCH_SIZE)]


def _rate(prepare: Prepare, batches: Iterator[list[LoggedTrade]], seconds: float) -> float:
    stored, elapsed = 0, 0.0
    while elapsed < seconds:
        store = prepare(next(batches))
        started = time.perf_counter()
        store()
        elapsed += time.perf_counter() - started
        stored += BATCH_SIZE
    return stored / elapsed


def _logged(server: RedisServer, drain: Drain, trades: list[LoggedTrade]) -> Callable[[], object]:
    append(server, *trades)
    return drain.step


def _insert(trades: list[LoggedTrade]) -> Callable[[], object]:
    """Rows that are known to be new, in a transaction: no repeats, no bars, no place in a log."""
    rows = table.TRADES.rows_of(trades)
    sql = f"INSERT INTO feeds_trade ({_COLUMNS}) VALUES ({', '.join(['%s'] * len(rows[0]))})"  # noqa: S608

    def store() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, rows)

    return store


def _copy(trades: list[LoggedTrade]) -> Callable[[], object]:
    """The same over COPY."""
    rows = table.TRADES.rows_of(trades)

    def store() -> None:
        sql = f"COPY feeds_trade ({_COLUMNS}) FROM STDIN"
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)

    return store


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1]), float(sys.argv[2])), sys.stdout)
