"""Which trades and quotes are believed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.market.validation import (
    LATE_IN_A_ROW,
    REMEMBERED_IDS,
    RENUMBERED_AFTER,
    Validation,
    Verdict,
    judge_quote,
)
from feeds.types import Quote, Trade
from tests.feeds.samples import NOON, trade

SYMBOLS = ("BTCUSDT", "ETHUSDT")
MILLISECOND = timedelta(milliseconds=1)


def at(traded_at: datetime, number: int = 1) -> Trade:
    return msgspec.structs.replace(trade(number), traded_at=traded_at)


def quote(bid: str, ask: str, symbol: str = "BTCUSDT", quoted_at: datetime | None = None) -> Quote:
    return Quote(symbol, Decimal(bid), Decimal(1), Decimal(ask), Decimal(1), quoted_at)


def judged(*trades: Trade, has_rising_ids: bool = True) -> list[Verdict]:
    """The verdict on each, received one after the other when it was traded."""
    validation = Validation(has_rising_ids)
    return [validation.judge(each, each.traded_at, SYMBOLS) for each in trades]


@pytest.mark.parametrize(
    ("price", "verdict"),
    [
        ("0", Verdict.PRICE_BOUNDS),
        ("-1", Verdict.PRICE_BOUNDS),
        ("0.000000000000000001", Verdict.ACCEPTED),
        ("1000000", Verdict.ACCEPTED),
        ("1000000.000000000000000000", Verdict.ACCEPTED),
        ("1000000.000000000000000001", Verdict.PRICE_BOUNDS),
        ("1000000.01", Verdict.PRICE_BOUNDS),
        ("999999999999", Verdict.PRICE_BOUNDS),
    ],
)
def test_price_is_above_zero_and_at_most_a_million(price: str, verdict: Verdict) -> None:
    """F-13: the bounds are exact. What is no number at all never gets this far."""
    assert judged(trade(price=price)) == [verdict]


def test_size_is_above_zero() -> None:
    """A trade of nothing is none."""
    assert judged(trade(size="0")) == [Verdict.SIZE_BOUNDS]


def test_symbol_that_nobody_asked_for_is_rejected() -> None:
    """E20: whatever else is right with it."""
    assert judged(trade(symbol="DOGEUSDT")) == [Verdict.SYMBOL]


def test_repeated_id_is_a_duplicate_of_its_symbol_only() -> None:
    """E25: ids are the symbol's, not the venue's."""
    repeats = [trade(7, symbol=symbol) for symbol in ("BTCUSDT", "BTCUSDT", "ETHUSDT")]
    assert judged(*repeats) == [Verdict.ACCEPTED, Verdict.DUPLICATE, Verdict.ACCEPTED]


def test_repeat_is_one_however_old_it_is() -> None:
    """E25: venues repeat the last trades of a quiet pair hours later."""
    validation = Validation(has_rising_ids=True)
    verdicts = [validation.judge(at(NOON), NOON + timedelta(hours=hours), SYMBOLS) for hours in (0, 3)]
    assert verdicts == [Verdict.ACCEPTED, Verdict.DUPLICATE]


def test_refused_trade_is_not_remembered() -> None:
    """The same id with a price that may be kept is kept."""
    assert judged(trade(7, price="0"), trade(7)) == [Verdict.PRICE_BOUNDS, Verdict.ACCEPTED]


def test_memory_of_ids_is_bounded() -> None:
    """E25: the last 10 000 ids are known, the one before them is forgotten, and late all the same."""
    validation = Validation(has_rising_ids=True)
    for number in range(REMEMBERED_IDS + 1):
        validation.judge(at(NOON, number), NOON, SYMBOLS)
    assert validation.judge(at(NOON, 1), NOON, SYMBOLS) is Verdict.DUPLICATE
    assert validation.judge(at(NOON, 0), NOON, SYMBOLS) is Verdict.ORDER


@pytest.mark.parametrize(
    ("ahead", "verdict"),
    [
        (5.0, Verdict.ACCEPTED),
        (5.001, Verdict.CLOCK),
        (0.0, Verdict.ACCEPTED),
        (-60.0, Verdict.ACCEPTED),
        (-60.001, Verdict.CLOCK),
        (3600.0, Verdict.CLOCK),
        (-3600.0, Verdict.CLOCK),
    ],
)
def test_times_are_held_against_our_clock(ahead: float, verdict: Verdict) -> None:
    """F-14 E27: more than 5 s in the future or more than 60 s old is quarantined, in a trade as in a quote."""
    said_at = NOON + timedelta(seconds=ahead)
    assert Validation(has_rising_ids=True).judge(at(said_at), NOON, SYMBOLS) is verdict
    assert judge_quote(quote("1", "2", quoted_at=said_at), NOON, SYMBOLS) is verdict


def test_time_that_cannot_be_true_sets_no_order() -> None:
    """E27: after a trade from the future those of now are live, not late."""
    future = at(NOON + timedelta(hours=1), number=9)
    validation = Validation(has_rising_ids=False)
    verdicts = [validation.judge(each, NOON, SYMBOLS) for each in (future, at(NOON, 1))]
    assert verdicts == [Verdict.CLOCK, Verdict.ACCEPTED]


def test_lower_id_is_late_where_ids_rise() -> None:
    """E26: though its time is a little later; and a higher one is not, though its time is a little earlier."""
    odd = [at(NOON, 10), at(NOON + MILLISECOND, 9), at(NOON - MILLISECOND, 11)]
    assert judged(*odd) == [Verdict.ACCEPTED, Verdict.ORDER, Verdict.ACCEPTED]


def test_earlier_time_is_late_where_ids_say_nothing() -> None:
    """E26: of one time, the order in which they came counts."""
    odd = [at(NOON, 10), at(NOON, 9), at(NOON - MILLISECOND, 11)]
    assert judged(*odd, has_rising_ids=False) == [Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.ORDER]


def test_id_that_is_no_number_is_ordered_by_its_time() -> None:
    """E26: a venue that changes its ids overnight goes on being believed."""
    new = msgspec.structs.replace(at(NOON + MILLISECOND), trade_id="66f1c3a0")
    assert judged(at(NOON, 10), new) == [Verdict.ACCEPTED, Verdict.ACCEPTED]


def test_venue_that_numbers_anew_is_believed_after_a_minute() -> None:
    """E26: one id that was far too high does not silence a venue for ever."""
    later = NOON + RENUMBERED_AFTER
    odd = [at(NOON, 10**9), at(later, 5), at(later + MILLISECOND, 6), at(later + MILLISECOND, 7)]
    assert judged(*odd) == [Verdict.ACCEPTED, Verdict.ORDER, Verdict.ACCEPTED, Verdict.ACCEPTED]


def test_venue_is_believed_again_after_a_hundred_late_ones() -> None:
    """E26: so many in a row are not late: the one that they are held against was wrong."""
    odd = [at(NOON, 10**9), *(at(NOON + MILLISECOND, number) for number in range(LATE_IN_A_ROW + 2))]
    assert judged(*odd) == [Verdict.ACCEPTED, *[Verdict.ORDER] * LATE_IN_A_ROW, Verdict.ACCEPTED, Verdict.ACCEPTED]


def shuffled(count: int, window: int, seed: int) -> list[Trade]:
    """A venue's trades, each at most so many places from its own."""
    random = Random(seed)
    places = sorted(range(count), key=lambda place: place + random.uniform(0, window))
    return [at(NOON + place * MILLISECOND, place) for place in places]


def shown(trades: Iterable[Trade], has_rising_ids: bool) -> list[int]:
    """The ids that would be the price, one after the other."""
    validation = Validation(has_rising_ids)
    return [int(each.trade_id) for each in trades if validation.judge(each, NOON, SYMBOLS) is Verdict.ACCEPTED]


@given(seed=st.integers(), has_rising_ids=st.booleans())
def test_price_never_goes_back_to_an_older_id(seed: int, has_rising_ids: bool) -> None:
    """E26: 300 trades, shuffled within 50 places: 0 violations, and the newest is shown in the end."""
    ids = shown(shuffled(300, 50, seed), has_rising_ids)
    assert ids == sorted(ids)
    assert ids[-1] == 299


@given(seed=st.integers())
def test_every_shuffled_trade_is_kept_once(seed: int) -> None:
    """E25 E26: accepted or quarantined, never rejected; the second time, a duplicate."""
    validation = Validation(has_rising_ids=True)
    trades = shuffled(100, 50, seed)
    first = [validation.judge(each, NOON, SYMBOLS) for each in trades]
    assert all(verdict is Verdict.ACCEPTED or verdict.is_quarantined for verdict in first)
    assert {validation.judge(each, NOON, SYMBOLS) for each in trades} == {Verdict.DUPLICATE}


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (quote("75999.99", "76000.00"), Verdict.ACCEPTED),
        (quote("76000.00", "76000.00"), Verdict.ACCEPTED),
        (quote("76000.01", "76000.00"), Verdict.CROSSED),
        (quote("0", "76000.00"), Verdict.PRICE_BOUNDS),
        (quote("1", "1000000.01"), Verdict.PRICE_BOUNDS),
        (quote("1", "2", symbol="DOGEUSDT"), Verdict.SYMBOL),
    ],
    ids=str,
)
def test_quote_is_judged_as_well(said: Quote, verdict: Verdict) -> None:
    """F-13 E20: within bounds, not crossed, of a symbol that was asked for."""
    assert judge_quote(said, NOON, SYMBOLS) is verdict
