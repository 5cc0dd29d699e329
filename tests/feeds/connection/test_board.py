"""What a feed shows: newest prices and the states of its venues."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from feeds.connection.board import VENUES_EVERY_S, Board
from feeds.storage import keys, latest
from feeds.types import Quote
from tests.clock import ManualClock
from tests.feeds.connection.plans import feed_plan, venue_plan
from tests.feeds.samples import NOON, logged

PRICE_KEY = keys.price("main", "BTC-USDT")
FEED_KEY = keys.feed("main")
QUOTE = Quote("BTCUSDT", Decimal("76000.00"), Decimal(1), Decimal("76000.20"), Decimal(2))


@pytest.fixture
def board(clock: ManualClock) -> Board:
    board = Board("main", 7, clock)
    board.follow(feed_plan(), NOON)
    board.lead("binance", "", NOON)
    return board


def price(board: Board) -> latest.PriceState:
    state = board.take()[PRICE_KEY]
    assert isinstance(state, latest.PriceState)
    return state


def feed(board: Board) -> latest.FeedState:
    state = board.take()[FEED_KEY]
    assert isinstance(state, latest.FeedState)
    return state


def venue(board: Board, code: str) -> latest.VenueState:
    return next(venue for venue in feed(board).venues if venue.venue == code)


def test_newest_trade_is_the_price(board: Board) -> None:
    """With its source, its times and the fence of the feed."""
    board.trade(logged(1))
    board.trade(logged(2, price="76001.00"))
    shown = price(board)
    assert (shown.price, shown.venue, shown.trade_id, shown.fence) == (Decimal("76001.00"), "binance", "2", 7)


def test_other_venue_takes_over_whatever_its_clock_says(board: Board) -> None:
    """E26 E27: after a failover the new venue's price is shown, though its clock may be behind; its book is empty."""
    board.trade(logged(9))
    board.quote("binance", "BTC-USDT", QUOTE, NOON)
    board.trade(logged(1, venue="htx"))
    assert price(board).venue == "binance"
    board.lead("htx", "silent", NOON)
    shown = price(board)
    assert (shown.venue, shown.trade_id, shown.bid) == ("htx", "1", None)


def test_quote_stands_beside_the_price_of_its_venue(board: Board) -> None:
    """It makes the price younger, because the venue says that the price still stands."""
    seen_at = NOON + timedelta(seconds=30)
    board.trade(logged(1))
    board.quote("binance", "BTC-USDT", QUOTE, seen_at)
    shown = price(board)
    assert (shown.bid, shown.ask) == (QUOTE.bid, QUOTE.ask)
    # Binance's quotes have no time: it is taken to be as late as its last trade was.
    assert shown.seen_at == seen_at - timedelta(milliseconds=20)
    assert shown.received_at == logged(1).received_at


def test_quote_of_another_venue_leaves_the_price_alone(board: Board) -> None:
    """A price and a book of two venues are never mixed."""
    board.trade(logged(1))
    board.quote("htx", "BTC-USDT", QUOTE, NOON)
    assert price(board).bid is None


def test_what_did_not_change_is_not_written(board: Board) -> None:
    """F-22: a quiet instrument costs nothing."""
    board.trade(logged(1))
    assert set(board.take()) == {PRICE_KEY, FEED_KEY}
    assert board.take() == {}


def test_versions_rise(board: Board) -> None:
    """W4: within a fence a later write has the higher version."""
    board.trade(logged(1))
    first = price(board)
    board.trade(logged(2))
    assert price(board).version > first.version


async def test_venues_are_written_twice_a_second(board: Board, clock: ManualClock) -> None:
    """F-22: their ages change with every frame, and need not be written as often."""
    board.take()
    await clock.advance(VENUES_EVERY_S - 0.1)
    assert FEED_KEY not in board.take()
    await clock.advance(0.1)
    assert FEED_KEY in board.take()


def test_transition_is_written_at_once(board: Board) -> None:
    """F-06: with its reason, and when the next try is."""
    board.take()
    retry_at = NOON + timedelta(seconds=8)
    board.enter("binance", "disconnected", "silent: no market data", NOON, retry_at, attempts=6)
    state = venue(board, "binance")
    assert (state.state, state.reason) == ("disconnected", "silent: no market data")
    assert (state.since_at, state.retry_at, state.attempts) == (NOON, retry_at, 6)


def test_leading_venue_is_told_with_its_reason(board: Board) -> None:
    """F-25: which one, since when, and why; while none delivers, the last price stays."""
    board.trade(logged(1))
    board.lead("", "closed: 1001", NOON + timedelta(seconds=2))
    state = feed(board)
    assert (state.active, state.active_reason, state.active_since_at) == (
        "",
        "closed: 1001",
        NOON + timedelta(seconds=2),
    )
    assert PRICE_KEY not in board.take()


def test_next_venue_to_lead_has_its_price_ready(board: Board) -> None:
    """A standby's price is shown in the moment in which it leads, without waiting for its next trade."""
    board.trade(logged(1))
    board.trade(logged(8, venue="htx"))
    board.take()
    board.lead("htx", "silent", NOON)
    assert price(board).trade_id == "8"


def test_diverted_instrument_is_another_venues(board: Board) -> None:
    """E19: one instrument, until it is the leading venue's again."""
    board.trade(logged(1))
    board.trade(logged(8, venue="htx"))
    board.divert("BTC-USDT", "htx")
    assert feed(board).diverted == {"BTC-USDT": "htx"}
    board.trade(logged(2))
    board.divert("BTC-USDT", "binance")
    states = board.take()
    assert isinstance(shown := states[PRICE_KEY], latest.PriceState)
    assert isinstance(state := states[FEED_KEY], latest.FeedState)
    assert (shown.trade_id, state.diverted) == ("2", {})


def test_venues_are_listed_by_priority(board: Board) -> None:
    """F-03: a new plan brings new priorities, what is known of a venue stays."""
    board.venues.reject("htx", "json")
    board.follow(feed_plan(venue_plan("binance", 9), venue_plan("htx", 5)), NOON)
    state = feed(board)
    assert [(venue.venue, venue.priority, venue.rejected) for venue in state.venues] == [
        ("htx", 5, {"json": 1}),
        ("binance", 9, {}),
    ]


def test_switched_off_venue_is_shown_as_disabled(board: Board) -> None:
    """And as idle when it is on again; an open session goes on being shown as what it is."""
    board.enter("binance", "connected", "", NOON)
    for is_enabled, states in ((False, ["connected", "disabled"]), (True, ["connected", "idle"])):
        plan = feed_plan(venue_plan("binance", 1, is_enabled), venue_plan("htx", 5, is_enabled))
        board.follow(plan, NOON)
        assert [venue.state for venue in feed(board).venues] == states


def test_venue_that_left_the_plan_is_forgotten(board: Board) -> None:
    """Its last words, still on their way, are no error."""
    board.follow(feed_plan(venue_plan("htx", 5)), NOON)
    board.trade(logged(1))
    board.venues.reject("binance", "json")
    board.venues.quarantine("binance", "clock")
    board.venues.repeat("binance")
    assert [venue.venue for venue in feed(board).venues] == ["htx"]


def test_what_is_not_shown_is_counted_by_its_reason(board: Board) -> None:
    """F-14 F-16: what was not taken, what was put aside, and what came again, each apart."""
    for reason in ("json", "price_bounds", "json"):
        board.venues.reject("binance", reason)
    board.venues.quarantine("binance", "clock")
    board.venues.repeat("binance")
    state = venue(board, "binance")
    assert (state.rejected, state.quarantined, state.repeated) == ({"json": 2, "price_bounds": 1}, {"clock": 1}, 1)


def test_line_that_lags_looks_as_old_as_it_is(board: Board) -> None:
    """E27: 16 s on the way are 16 s of age, in the trade and in the quotes between trades."""
    lag = timedelta(seconds=16)
    board.trade(msgspec.structs.replace(logged(1), traded_at=NOON, received_at=NOON + lag))
    assert price(board).seen_at == NOON
    board.quote("binance", "BTC-USDT", QUOTE, NOON + lag + timedelta(seconds=1))
    assert price(board).seen_at == NOON + timedelta(seconds=1)


def test_one_instrument_is_as_old_as_it_is_beside_a_young_one(board: Board) -> None:
    """E27: venues repeat the last trade after a subscription; another instrument's does not make it younger."""
    old = timedelta(seconds=55)
    board.trade(msgspec.structs.replace(logged(1), instrument="ETH-USDT", received_at=NOON, traded_at=NOON))
    board.trade(msgspec.structs.replace(logged(2), received_at=NOON, traded_at=NOON - old))
    assert price(board).seen_at == NOON - old
    assert board.seen_at("binance") == NOON


def test_ban_outlasts_a_change_of_the_plan(board: Board) -> None:
    """E4: what an admin saves of any venue does not make a blocked one look well."""
    board.enter("binance", "blocked", "HTTP 403", NOON)
    board.follow(feed_plan(venue_plan("binance", 2), venue_plan("htx", 1)), NOON)
    state = venue(board, "binance")
    assert (state.state, state.reason, state.priority) == ("blocked", "HTTP 403", 2)


def test_venue_whose_clock_is_ahead_is_not_from_the_future(board: Board) -> None:
    """E27: what came is never younger than the moment when it came."""
    board.trade(msgspec.structs.replace(logged(1), traded_at=NOON + timedelta(seconds=3), received_at=NOON))
    assert price(board).seen_at == NOON
