"""How fast a long history is told out of the database of DATABASE_URL: `python -m tests.bench.asking ROWS ROUNDS`.

Prints JSON: by name, a list of values. Questions go to the views themselves: no socket, no middleware, no login.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
# With the limits of a web process.
os.environ["OMEGA_ROLE"] = "web"

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from rest_framework.test import APIRequestFactory, force_authenticate  # noqa: E402

from feeds.api.export import export_of  # noqa: E402
from feeds.api.trades import Trades  # noqa: E402
from tests.bench.peers.rest import CountedTrades, CursorTrades  # noqa: E402

View = Callable[..., Any]
INSTRUMENT: Final = "BTC-USDT"
FIRST_AT: Final = datetime(2026, 9, 1, tzinfo=UTC)
# Some 200 000 a day.
STEP: Final = timedelta(milliseconds=432)
SHORT: Final = 100_000
BATCH: Final = 50_000
PAGES_PER_ROUND: Final = 6
LIMIT: Final = 1000
_COLUMNS: Final = (
    "venue_id, instrument_id, trade_id, side, quarantine, price, size, traded_at, received_at, recorded_at"
)
_ask: Final = APIRequestFactory(headers={"host": "localhost"})


def main(count: int, rounds: int) -> dict[str, list[float]]:
    call_command("migrate", verbosity=0)
    user = User.objects.create_user("bench")
    short, asked_for = min(count, SHORT), PAGES_PER_ROUND * rounds
    fill(0, short)
    told = {"page of a short history": pages(Trades.as_view(), user, short, asked_for)}
    fill(short, count)
    told |= {
        "page": pages(Trades.as_view(), user, count, asked_for),
        "DRF CursorPagination": pages(CursorTrades.as_view(), user, count, asked_for),
        "limit, offset and COUNT": pages(CountedTrades.as_view(), user, count, asked_for, offset=True),
        "worst question": [worst(user)],
    }
    rate, grown = asyncio.run(export(user))
    return told | {"export": [rate], "export grows by": [grown]}


def fill(first: int, end: int) -> None:
    """Trades from one number to another, as the drain would store them."""
    with transaction.atomic():
        for start in range(first, end, BATCH):
            _insert(_rows(start, min(start + BATCH, end)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _rows(first: int, end: int) -> Iterator[tuple[str, ...]]:
    for number in range(first, end):
        at = str((FIRST_AT + number * STEP).replace(tzinfo=None))
        price = f"{64_000 + number % 1000}.{number % 100_000_000:08}"
        yield "binance", INSTRUMENT, str(number), "buy", "", price, "0.00120000", at, at, at


def _insert(rows: Iterator[tuple[str, ...]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL timezone = 'UTC'")
            with cursor.copy(f"COPY feeds_trade ({_COLUMNS}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            sql = f"INSERT INTO feeds_trade ({_COLUMNS}) VALUES ({', '.join(['%s'] * 10)})"  # noqa: S608
            cursor.executemany(sql, list(rows))


def asked(view: View, user: User, **query: str | int) -> Any:
    caches["memory"].clear()
    caches["counters"].clear()
    request = _ask.get("/", {"instrument": INSTRUMENT, **query})
    force_authenticate(request, user)
    return view(request)


def pages(view: View, user: User, count: int, asked_for: int, offset: bool = False) -> list[float]:
    """Milliseconds for each of some pages anywhere in the history."""
    chance, found = random.Random(20_260), []
    for _ in range(asked_for):
        number = chance.randrange(LIMIT, count + 1)
        until = FIRST_AT + number * STEP
        query: dict[str, str | int] = (
            {"offset": count - number} if offset else {"from": FIRST_AT.isoformat(), "to": until.isoformat()}
        )
        started = time.perf_counter()
        answer = asked(view, user, limit=LIMIT, **query)
        answer.render()
        found.append((time.perf_counter() - started) * 1000)
        assert (answer.status_code, len(answer.data["results"])) == (200, LIMIT), answer.data
    return found


def worst(user: User) -> float:
    """Seconds until a question is answered that no index helps with: with 503 where that takes too long."""
    started = time.perf_counter()
    answer = asked(Trades.as_view(), user, quarantine="none such", **{"from": FIRST_AT.isoformat()})
    assert answer.status_code in (200, 503), answer.data
    return time.perf_counter() - started


async def export(user: User) -> tuple[float, float]:
    """Rows a second of a day as CSV, and by how many MB the process grew from its first chunk on."""
    day = {"from": FIRST_AT.isoformat(), "to": (FIRST_AT + timedelta(days=1)).isoformat()}
    started = time.perf_counter()
    answer = await asyncio.to_thread(asked, export_of(Trades, "trades"), user, **day)
    rows, before, most = -1, 0, 0
    async for part in answer:
        rows += part.count(b"\n")
        most = max(most, _resident())
        before = before or most
    return rows / (time.perf_counter() - started), (most - before) / 1_000_000


def _resident() -> int:
    """Bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
