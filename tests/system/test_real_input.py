"""Frames that were recorded on real exchanges, through the whole system, against other people's answers."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.real_input import RECORDINGS, needs_recordings
from tests.system.browserless import listening
from tests.system.stack import PASSWORD, Stack, running_stack
from tests.waiting import wait_in_thread_until as wait_until

FILES = {
    "binance": RECORDINGS / "binance" / "aggtrade-2021-04-04-btcusdt-dotusdt.jsonl.gz",
    "htx": RECORDINGS / "htx" / "trade-detail-2021-04-17-5sym-a.jsonl.gz",
}
INSTRUMENTS = "BTC-USDT,DOT-USDT,FIL3S-USDT,BOR-USDT,NEST-ETH,OMG-BTC,TRIO-ETH"
SPEED = "40"

pytestmark = [pytest.mark.system, needs_recordings]
StoredTrade = tuple[str, str, str, Decimal, Decimal, str, datetime]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Both recordings at the exchange, only their venues in use, a web process, no worker yet."""
    for stack in running_stack(tmp_path, INSTRUMENTS):
        recordings = [option for venue, path in FILES.items() for option in ("--recording", f"{venue}={path}")]
        stack.start_redis()
        stack.start_exchange(*recordings, "--speed", SPEED)
        stack.migrate()
        stack.execute("UPDATE feeds_venue SET is_enabled = 0 WHERE code NOT IN ('binance', 'htx')")
        stack.start_web()
        yield stack


def expected_trades(venue: str) -> set[StoredTrade]:
    answer = FILES[venue].with_name(FILES[venue].name.replace(".jsonl.gz", ".expected.jsonl.gz"))
    instruments = {name.replace("-", "").lower(): name for name in INSTRUMENTS.split(",")}
    with gzip.open(answer, "rt") as lines:
        return {_stored(venue, instruments, json.loads(line)) for line in lines}


def _stored(venue: str, instruments: dict[str, str], trade: dict[str, Any]) -> StoredTrade:
    price, size = Decimal(trade["price"]), Decimal(trade["size"])
    traded_at = datetime.fromisoformat(trade["ts"])
    return (venue, instruments[trade["symbol"].lower()], trade["id"], price, size, trade["side"], traded_at)


def in_database(stack: Stack) -> list[StoredTrade]:
    columns = "venue_id, instrument_id, trade_id, price, size, side, traded_at"
    rows = stack.rows(f"SELECT {columns} FROM feeds_trade")  # noqa: S608
    return [(*row[:3], Decimal(row[3]), Decimal(row[4]), row[5], _utc(row[6])) for row in rows]


def in_redis_log(stack: Stack) -> list[StoredTrade]:
    return [_told(trade) for trade in stack.logged()]


def _told(trade: dict[str, Any]) -> StoredTrade:
    """A trade as the log has it."""
    price, size = Decimal(trade["price"]), Decimal(trade["size"])
    traded_at = datetime.fromisoformat(trade["traded_at"])
    return (trade["venue"], trade["instrument"], trade["trade_id"], price, size, trade["side"], traded_at)


def _pushed(trade: dict[str, Any]) -> StoredTrade:
    """A trade as the socket tells it."""
    return _told({**trade, "trade_id": trade["id"].removeprefix(f"{trade['venue']} ")})


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def test_recorded_frames_end_as_exactly_the_expected_trades_everywhere(stack: Stack) -> None:
    """D-06..D-08: socket → log → database, equal to the reference answers of two venues; each was listened to at once.

    The browser's socket has those of the venue whose price was shown, and the last one of a venue that took over.
    """
    expected = Counter(expected_trades("binance") | expected_trades("htx"))
    with listening(stack.web_port, "trader", PASSWORD) as listener:
        stack.start_worker()
        wait_until(lambda: len(in_database(stack)) >= len(expected), 60, "all expected trades are stored")
        shown = Counter(_told(trade) for trade in stack.logged() if not trade["is_standby"])
        wait_until(lambda: len(listener.trades()) >= len(shown), 10, "all trades that are shown were pushed")

    assert Counter(in_database(stack)) == expected
    assert Counter(in_redis_log(stack)) == expected
    pushed = Counter(map(_pushed, listener.trades()))
    assert shown
    assert shown - pushed == pushed - expected == Counter()
