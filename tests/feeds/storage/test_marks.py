"""The last trade that is kept of each venue and instrument."""

from datetime import timedelta
from typing import Final

import pytest
from msgspec import structs

from feeds.market.gap import Hole, Mark
from feeds.models import Trade
from feeds.storage import gaps, keys, latest
from feeds.storage.latest import LoggedTrade
from feeds.storage.marks import LOOK_BACK, Marks, logged_marks, newer, stored_marks, wanted_marks
from feeds.storage.redis import Entry
from tests.feeds.samples import NOON, logged

BTC: Final = "BTC-USDT"


def mark(number: int) -> Mark:
    return Mark(str(number), NOON + timedelta(seconds=number))


def store(*trades: LoggedTrade) -> None:
    fields = ("trade_id", "price", "size", "side", "traded_at", "received_at", "quarantine")
    for trade in trades:
        kept = {name: getattr(trade, name) for name in fields}
        Trade.objects.create(venue_id=trade.venue, instrument_id=trade.instrument, **kept)


def stored(after: timedelta = timedelta(minutes=1)) -> Marks:
    return stored_marks(["binance", "htx"], [BTC, "ETH-USDT"], NOON + after)


def entry(trade: LoggedTrade) -> Entry:
    return b"1-1", {keys.TRADE_FIELD: latest.encode(trade)}


@pytest.mark.django_db
def test_newest_stored_trade_of_each_pair_counts() -> None:
    """E33 W1: by the venue's clock, each venue for itself."""
    store(logged(3), logged(1), logged(9, venue="htx"))
    assert stored() == {("binance", BTC): mark(3), ("htx", BTC): mark(9)}


@pytest.mark.django_db
def test_trade_whose_time_cannot_be_true_does_not_count() -> None:
    """E33: all that came after it would seem to be older."""
    store(logged(3), structs.replace(logged(9), quarantine="clock"))
    assert stored()["binance", BTC] == mark(3)


@pytest.mark.django_db
def test_gap_that_goes_on_begins_where_it_was_said_to() -> None:
    """E33 W1: however long ago, and without a search."""
    store(logged(3))
    gaps.note(Hole("binance", BTC, mark(5), None, "silent"), NOON)
    assert stored(LOOK_BACK * 3) == {("binance", BTC): mark(5)}


@pytest.mark.django_db
def test_trade_of_the_day_before_does_not_count() -> None:
    """E33: a gap of more than a day is not repaired."""
    store(logged(3))
    assert stored(LOOK_BACK + timedelta(seconds=4)) == {}


def test_newest_logged_trade_of_each_pair_counts() -> None:
    """E33 W1: live ones only, whose time can be true; what cannot be read is the drain's business."""
    odd = [structs.replace(logged(8), is_backfill=True), structs.replace(logged(9), quarantine="clock")]
    entries = [entry(trade) for trade in (logged(3), logged(2), logged(5, venue="htx"), *odd)]
    marks = logged_marks([*entries, (b"2-1", {keys.TRADE_FIELD: b"{"}), (b"3-1", {})])
    assert marks == {("binance", BTC): mark(3), ("htx", BTC): mark(5)}


@pytest.mark.django_db
def test_only_a_gap_that_is_to_be_repaired_holds_on_to_its_beginning() -> None:
    """E33 W1: the oldest one; what nobody wanted may begin later, where something newer was kept."""
    for venue, after, is_wanted in (("binance", 7, True), ("binance", 5, True), ("htx", 5, False)):
        gaps.note(Hole(venue, BTC, mark(after), None, "silent", is_wanted), NOON)
    assert wanted_marks(["binance", "htx"], [BTC]) == {("binance", BTC): mark(5)}


def test_newer_of_two_marks_counts() -> None:
    """E33 W1: the log may be ahead of the database, and behind it once it is trimmed."""
    assert newer(mark(1), mark(2)) == newer(mark(2), mark(1)) == newer(None, mark(2)) == mark(2)
