"""Bars out of trades, and longer bars out of those."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from feeds.market.candles import (
    MINUTE,
    Candle,
    Hole,
    Prices,
    Status,
    add,
    is_over,
    longer,
    minute,
    seconds_missing,
    start_of,
    status_of,
)
from feeds.models import Candle as Row
from feeds.types import Side, Trade

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = NOON + timedelta(days=2)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def trade(price: str, seconds: float, size: str = "1") -> Trade:
    return Trade("BTCUSDT", "1", Decimal(price), Decimal(size), Side.BUY, at(seconds))


def candle(number: int, *numbers: str, trades: int = 1, status: Status = Status.CLOSED) -> Candle:
    *prices, volume = map(Decimal, numbers)
    return Candle(NOON + MINUTE * number, Prices(*prices), volume, trades, status)


def missing(number: int, seconds: float) -> Candle:
    """A minute of which only the gap is known."""
    return Candle(NOON + MINUTE * number, None, Decimal(0), 0, Status.PARTIAL, seconds)


def pairs(*trades: Trade) -> list[tuple[Decimal, Decimal]]:
    return [(each.price, each.size) for each in trades]


def test_a_bar_has_first_highest_lowest_and_last_price_and_the_sum_of_sizes() -> None:
    """V-10: trades of one minute make one bar."""
    trades = [trade("10", 1, "0.1"), trade("12", 2, "0.2"), trade("9", 30, "0.3"), trade("11", 59.999, "0.4")]
    made = candle(0, "10", "12", "9", "11", "1.0", trades=4, status=Status.FORMING)
    assert minute(NOON, pairs(*trades)) == made


def test_a_live_bar_grows_to_the_same_bar() -> None:
    """V-10: trade by trade, or all at once."""
    trades = [trade("10", 1), trade("12", 2), trade("9", 30)]
    grown = None
    for each in trades:
        grown = add(grown, each)
    assert grown == minute(NOON, pairs(*trades))


def test_a_trade_on_the_full_minute_opens_the_next_bar() -> None:
    """V-10: a bar holds its start and not its end."""
    assert add(add(None, trade("10", 0)), trade("11", 60)).start_at == NOON + MINUTE


def test_a_trade_of_an_earlier_bar_leaves_the_forming_bar_as_it_is() -> None:
    """E26: a late trade of a slower venue does not reopen a live bar."""
    forming = candle(1, "10", "10", "10", "10", "1")
    assert add(forming, trade("99", 59)) is forming


def test_sums_and_prices_stay_exact() -> None:
    """V-10: no digit of a price is lost, nor of a sum of 30 digits."""
    wide = Decimal("123456789012.123456789012345678")
    trades = [trade("123456.123456789012", 0, str(wide)), trade("123456.123456789013", 1, "0.000000000000000001")]
    bar = minute(NOON, pairs(*trades))
    assert bar.prices
    assert (bar.prices.high, bar.volume) == (
        Decimal("123456.123456789013"),
        Decimal("123456789012.123456789012345679"),
    )


def test_a_minute_without_trades_has_no_prices() -> None:
    """V-10: nothing is invented for a quiet minute."""
    assert minute(NOON, []) == Candle(NOON, None, Decimal(0), 0)


@pytest.mark.parametrize(
    ("width", "start_at"),
    [(timedelta(minutes=5), at(5 * 60)), (timedelta(minutes=15), NOON), (4 * HOUR, NOON), (24 * HOUR, at(-12 * 3600))],
)
def test_longer_bars_are_aligned_to_utc(width: timedelta, start_at: datetime) -> None:
    """V-10: a five-minute bar starts at a minute that five divides, a day at midnight."""
    assert start_of(at(8 * 60 + 3), width) == start_at


def test_a_minute_is_over_two_seconds_after_its_end() -> None:
    """V-10: its last trades are on their way for a moment."""
    assert [is_over(NOON, at(seconds)) for seconds in (60, 61.999, 62)] == [False, False, True]


@pytest.mark.parametrize(
    ("holes", "seconds"),
    [
        ([], 0.0),
        ([(10, 25)], 15.0),
        ([(-30, 20), (50, 90)], 30.0),
        ([(10, 40), (20, 30), (30, 50)], 40.0),
        ([(40, None)], 15.0),
        ([(-30, None)], 55.0),
        ([(70, 80)], 0.0),
    ],
    ids=["none", "inside", "over both edges", "in common", "goes on", "began before", "elsewhere"],
)
def test_seconds_missing_are_the_part_of_the_minute_that_lies_in_holes(
    holes: list[tuple[float, float | None]], seconds: float
) -> None:
    """V-10: a gap counts as far as it is in the minute, once, and while it goes on up to now."""
    spans = [Hole(at(start), None if end is None else at(end)) for start, end in holes]
    assert seconds_missing(NOON, spans, at(55)) == seconds


@pytest.mark.parametrize(
    ("was", "has_changed", "is_missing", "has_ended", "becomes"),
    [
        (Status.FORMING, True, False, False, Status.FORMING),
        (Status.FORMING, True, False, True, Status.CLOSED),
        (Status.CLOSED, False, False, True, Status.CLOSED),
        (Status.CLOSED, True, False, True, Status.REPAIRED),
        (Status.REPAIRED, False, False, True, Status.REPAIRED),
        (Status.CLOSED, False, True, True, Status.PARTIAL),
        (Status.FORMING, True, True, False, Status.PARTIAL),
        (Status.PARTIAL, False, False, True, Status.REPAIRED),
    ],
)
def test_status_of_a_minute_that_is_made_again(
    was: Status, has_changed: bool, is_missing: bool, has_ended: bool, becomes: Status
) -> None:
    """V-10: forming, then closed; repaired when something came later, partial while some is missing."""
    assert status_of(was, has_changed, is_missing, has_ended) is becomes


def test_longer_bars_are_joined_from_minutes() -> None:
    """V-10: open of the first, close of the last, highest, lowest, sum."""
    minutes = [candle(0, "10", "12", "9", "11", "1", trades=3), candle(4, "11", "15", "11", "14", "2", trades=2)]
    (bar,) = longer(minutes, timedelta(minutes=5), LATER)
    assert bar == candle(0, "10", "15", "9", "14", "3", trades=5)


@pytest.mark.parametrize(
    ("statuses", "now", "status"),
    [
        ((Status.CLOSED, Status.CLOSED), LATER, Status.CLOSED),
        ((Status.CLOSED, Status.CLOSED), at(200), Status.FORMING),
        ((Status.CLOSED, Status.FORMING), LATER, Status.FORMING),
        ((Status.REPAIRED, Status.FORMING), at(200), Status.REPAIRED),
        ((Status.REPAIRED, Status.PARTIAL), LATER, Status.PARTIAL),
    ],
)
def test_a_longer_bar_is_no_better_than_its_worst_minute(
    statuses: tuple[Status, Status], now: datetime, status: Status
) -> None:
    """V-10: partial if one is, else repaired if one is, else forming until it is over."""
    minutes = [candle(number, *"11111", status=each) for number, each in enumerate(statuses)]
    assert [bar.status for bar in longer(minutes, timedelta(minutes=5), now)] == [status]


def test_a_day_counts_the_seconds_that_are_missing_of_it() -> None:
    """V-10: also of minutes that have nothing but the gap."""
    minutes = [candle(0, *"22222"), missing(1, 60.0), missing(2, 12.5), candle(3, *"33333")]
    (day,) = longer(minutes, timedelta(days=1), LATER)
    assert (day.status, day.gap_seconds, day.trades) == (Status.PARTIAL, 72.5, 2)
    assert day.prices == Prices(*map(Decimal, "2323"))


def test_a_longer_bar_names_every_venue_that_it_is_made_of() -> None:
    """V-10: once, in the order in which they came."""
    minutes = [replace(candle(n, *"11111"), venues=(code,)) for n, code in enumerate(["htx", "okx", "htx"])]
    assert [bar.venues for bar in longer(minutes, HOUR, LATER)] == [("htx", "okx")]


def test_statuses_are_those_of_the_rows() -> None:
    """V-10: the database knows the same four."""
    assert set(Status) == set(Row.Status.values)


prices = st.decimals(min_value="0.01", max_value=100_000, places=2)
sizes = st.decimals(min_value="0.00000001", max_value=1000, places=8)
trades_of_a_day = st.lists(st.tuples(st.integers(0, 86_399), prices, sizes), min_size=1, max_size=60)


@given(trades_of_a_day, st.sampled_from([5, 15, 60, 240, 1440]))
def test_longer_bars_from_minutes_equal_bars_straight_from_trades(
    said: list[tuple[int, Decimal, Decimal]], minutes: int
) -> None:
    """V-10: whatever the width, going over minutes changes nothing."""
    said = sorted(said)

    def straight(width: timedelta) -> list[Candle]:
        spans = groupby(said, key=lambda each: start_of(at(each[0]), width))
        made = [minute(start_at, [(price, size) for _, price, size in each]) for start_at, each in spans]
        return [replace(bar, status=Status.CLOSED) for bar in made]

    width = MINUTE * minutes
    assert longer(straight(MINUTE), width, LATER) == straight(width)
