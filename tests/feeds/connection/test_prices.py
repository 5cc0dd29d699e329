"""The newest price at every venue, which of them is shown, and its passport."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from feeds.connection.prices import Prices
from feeds.storage.latest import Passport, PriceState
from feeds.types import Quote
from tests.feeds.samples import NOON, logged

BTC, ETH = "BTC-USDT", "ETH-USDT"


@pytest.fixture
def prices() -> Prices:
    """Binance leads."""
    prices = Prices()
    prices.follow("binance")
    return prices


def shown(prices: Prices, instrument: str = BTC) -> PriceState:
    state = prices.state(instrument, "main", 1, 1, 0.0)
    assert state is not None
    return state


def passport(prices: Prices, now: float = 0.0) -> Passport:
    found = prices.passport(BTC, now)
    assert found is not None
    return found


def book(bid: str, ask: str) -> Quote:
    return Quote("BTCUSDT", Decimal(bid), Decimal(1), Decimal(ask), Decimal(1))


def test_price_of_a_standby_changes_nothing_that_is_shown(prices: Prices) -> None:
    """F-23: neither its trades nor its book."""
    prices.trade(logged(1, venue="htx"), 0.0)
    prices.quote("htx", BTC, book("75999", "76001"), NOON, 0.0)
    assert prices.changed == set()
    assert prices.shown(BTC) is None


def test_price_of_a_standby_is_ready_with_its_own_book(prices: Prices) -> None:
    """F-05: in the moment in which it leads; nothing of the venue before is left."""
    prices.trade(logged(1), 0.0)
    prices.quote("binance", BTC, book("76000", "76001"), NOON, 0.0)
    prices.trade(logged(2, venue="htx", price="76010"), 0.0)
    prices.quote("htx", BTC, book("76009", "76011"), NOON, 0.0)
    prices.changed.clear()
    prices.follow("htx")
    assert prices.changed == {BTC}
    state = shown(prices)
    assert (state.venue, state.trade_id, state.price) == ("htx", "2", Decimal(76010))
    assert (state.bid, state.ask) == (Decimal(76009), Decimal(76011))


def test_nothing_is_made_up_while_no_venue_delivers(prices: Prices) -> None:
    """E32: the last price stays, and ages, and nobody confirms it; it is another one with the next venue that leads."""
    prices.trade(logged(1), 0.0)
    prices.changed.clear()
    seen_at = shown(prices).seen_at
    prices.follow("")
    state = prices.state(BTC, "main", 1, 1, 60.0)
    assert state is not None
    assert (prices.changed, state.seen_at, state.passport) == (set(), seen_at, None)
    prices.follow("binance")
    assert (prices.changed, shown(prices).trade_id) == ({BTC}, "1")


def test_one_instrument_is_diverted_and_the_others_stay(prices: Prices) -> None:
    """E19: until the leading venue has it again."""
    for venue in ("binance", "htx"):
        prices.trade(logged(1, venue=venue), 0.0)
        prices.trade(logged(2, venue=venue, instrument=ETH), 0.0)
    prices.changed.clear()
    prices.divert(ETH, "htx")
    assert (prices.changed, shown(prices, BTC).venue, shown(prices, ETH).venue) == ({ETH}, "binance", "htx")
    prices.divert(ETH, "binance")
    assert (prices.diverted, shown(prices, ETH).venue) == ({}, "binance")


def test_new_leading_venue_is_asked_for_every_instrument(prices: Prices) -> None:
    """E19: a diversion belongs to the venue that lacked the instrument; without a venue it stays."""
    prices.divert(ETH, "htx")
    prices.follow("")
    assert prices.source(ETH) == "htx"
    prices.follow("kucoin")
    assert prices.source(ETH) == "kucoin"


@pytest.mark.parametrize(("number", "newest"), [(4, "5"), (6, "6")], ids=["older", "newer"])
def test_released_trade_is_the_price_unless_a_newer_one_is(prices: Prices, number: int, newest: str) -> None:
    """E28: what was held and is believed now does not turn the price back."""
    prices.trade(logged(5), 0.0)
    prices.release(logged(number), 0.0)
    assert shown(prices).trade_id == newest


def test_released_trade_is_the_first_price_of_its_venue(prices: Prices) -> None:
    """E28: where the venue had told nothing that was believed at once."""
    prices.release(logged(1), 0.0)
    assert shown(prices).trade_id == "1"


def test_passport_counts_the_venues_that_are_not_shown(prices: Prices) -> None:
    """V-07: three of one mind are a consensus; the displayed price is one of them."""
    for venue, price in (("binance", "76000"), ("htx", "76010"), ("okx", "76020")):
        prices.trade(logged(1, venue=venue, price=price), 0.0)
    said = passport(prices)
    assert (said.status, said.consensus, said.agreeing, said.sources) == ("consensus", Decimal(76010), 3, 3)
    assert shown(prices).passport == said


def test_passport_of_a_price_that_stands_alone_says_so(prices: Prices) -> None:
    """V-07: nobody was asked, so nobody agrees."""
    prices.trade(logged(1), 0.0)
    said = passport(prices)
    assert (said.status, said.agreeing, said.sources, said.spread_bps) == ("single source", 1, 1, None)


@pytest.mark.parametrize(("other", "status"), [("76100", "agreed"), ("77000", "disputed")])
def test_passport_of_two_says_whether_they_agree(prices: Prices, other: str, status: str) -> None:
    """V-07: within 25 bps, or not."""
    prices.trade(logged(1, price="76000"), 0.0)
    prices.trade(logged(1, venue="htx", price=other), 0.0)
    assert passport(prices).status == status


def test_venue_that_was_not_heard_for_five_seconds_is_not_asked(prices: Prices) -> None:
    """V-07: and the passport says why; when nobody was heard, there is none."""
    prices.trade(logged(1), 0.0)
    prices.trade(logged(1, venue="htx"), 3.0)
    assert passport(prices, 5.1).excluded == {"binance": "older than 5 s"}
    assert prices.passport(BTC, 8.1) is None


@pytest.mark.parametrize(
    ("bid", "ask", "is_standing"),
    [
        ("99.99", "100.01", True),
        ("100.25", "101", True),
        ("100.26", "101", False),
        ("99", "99.76", True),
        ("99", "99.75", False),
    ],
)
def test_only_a_book_near_the_price_says_that_it_still_stands(
    prices: Prices, bid: str, ask: str, is_standing: bool
) -> None:
    """V-07: within 25 bps of it; a market that moved away without a trade confirms nothing."""
    prices.trade(logged(1, price="100"), 0.0)
    prices.quote("binance", BTC, book(bid, ask), NOON, 4.0)
    assert (prices.passport(BTC, 8.0) is not None) == is_standing


def test_book_before_the_first_trade_is_no_price(prices: Prices) -> None:
    """F-12: it proves life, and nothing can be shown yet."""
    prices.quote("binance", BTC, book("76000", "76001"), NOON, 0.0)
    assert (prices.changed, prices.shown(BTC), prices.passport(BTC, 0.0)) == (set(), None, None)
    assert prices.seen_at("binance") == NOON


def test_passport_tells_the_gap_of_the_venue_that_is_shown(prices: Prices) -> None:
    """L-07: since when, and how long; another venue's gap is not in this price."""
    prices.trade(logged(1), 0.0)
    prices.miss("htx", BTC, NOON, 7.5, 0.0)
    assert passport(prices).gap_at is None
    prices.miss("binance", BTC, NOON + timedelta(seconds=1), 2.5, 0.0)
    assert (passport(prices).gap_at, passport(prices).gap_s) == (NOON + timedelta(seconds=1), 2.5)


def test_passport_does_not_tell_a_gap_that_is_filled(prices: Prices) -> None:
    """L-07: nothing is missing any more; that an older gap is filled says nothing of this one."""
    prices.trade(logged(1), 0.0)
    prices.miss("binance", BTC, NOON, 2.5, 0.0)
    prices.fill("binance", BTC, NOON - timedelta(seconds=1))
    assert passport(prices).gap_at == NOON
    prices.fill("binance", BTC, NOON + timedelta(seconds=2.5))
    assert passport(prices).gap_at is None


def test_venue_that_is_gone_is_forgotten(prices: Prices) -> None:
    """F-01: nothing of it can be shown again."""
    prices.trade(logged(1), 0.0)
    prices.trade(logged(1, venue="htx"), 0.0)
    prices.keep(["htx"], [BTC])
    assert (prices.seen_at("binance"), prices.price("binance", BTC), prices.shown(BTC)) == (None, None, None)
    assert prices.price("htx", BTC) == logged().price


def test_state_is_what_the_venue_said(prices: Prices) -> None:
    """F-12: every field of the trade as it was, with the feed, the fence and the version of the write."""
    trade = logged(1)
    prices.trade(trade, 0.0)
    state = prices.state(BTC, "main", 7, 9, 0.0)
    assert state is not None
    assert (state.feed, state.fence, state.version) == ("main", 7, 9)
    fields = ("venue", "instrument", "price", "size", "side", "trade_id", "traded_at", "received_at")
    assert [getattr(state, field) for field in fields] == [getattr(trade, field) for field in fields]
    assert state.seen_at == trade.traded_at


def test_age_never_goes_back(prices: Prices) -> None:
    """E27: a book that came by a slower way does not make the price older."""
    prices.trade(msgspec.structs.replace(logged(9), received_at=NOON + timedelta(seconds=9)), 0.0)
    late = msgspec.structs.replace(book("76000", "76001"), quoted_at=NOON)
    prices.quote("binance", BTC, late, NOON + timedelta(seconds=10), 0.0)
    assert shown(prices).seen_at == prices.seen_at("binance") == NOON + timedelta(seconds=9)
