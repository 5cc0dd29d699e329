"""What is read from the database."""

from datetime import timedelta

import pytest
from msgspec import structs
from pytest_django import DjangoAssertNumQueries, Settings

from feeds import queries
from feeds.models import Feed, Instrument, Listing, Trade, Venue, VenueHealth
from feeds.pace import Rate
from feeds.storage.latest import LoggedTrade
from tests.feeds.samples import NOON, logged, numbers

LATER = NOON + timedelta(hours=1)
pytestmark = pytest.mark.django_db

# The mission's order, after Binance.
OTHERS = ["kucoin", "bybit", "okx", "htx", "kraken", "gateio"]


def store(*trades: LoggedTrade) -> None:
    for said in trades:
        Trade.objects.create(
            venue_id=said.venue,
            instrument_id=said.instrument,
            trade_id=said.trade_id,
            price=said.price,
            size=said.size,
            side=said.side,
            traded_at=said.traded_at,
            received_at=said.received_at,
        )


def test_plan_has_the_venues_in_order_of_priority() -> None:
    """F-03: each with its symbols and what an admin set."""
    Venue.objects.filter(code="binance").update(priority=9, silent_after=1.5)
    plan = queries.feed_plan("main")
    assert plan
    assert [venue.code for venue in plan.venues] == [*OTHERS, "binance"]
    binance = plan.venue("binance")
    assert binance
    assert (binance.silent_after, binance.instruments) == (1.5, {"BTCUSDT": "BTC-USDT"})


def test_plans_are_equal_until_something_changes() -> None:
    """F-03: an admin's change is seen by comparing."""
    plan = queries.feed_plan("main")
    assert plan == queries.feed_plan("main")
    Venue.objects.filter(code="htx").update(is_enabled=False)
    assert plan != queries.feed_plan("main")


def test_session_goes_on_under_a_plan_that_changes_only_the_order() -> None:
    """F-03: another priority, name or limit of connections needs no new one; what the session goes by does."""
    plan = queries.feed_plan("main")
    binance = plan.venue("binance") if plan else None
    assert binance
    verdicts = []
    for change in (
        {"priority": 4, "name": "Other", "connects_allowed": 9},
        {"silent_after": 9.0},
        {"silent_after": 3.0, "messages_allowed": 2},
        {"messages_allowed": None, "is_enabled": False},
    ):
        Venue.objects.filter(code="binance").update(**change)
        changed = queries.feed_plan("main")
        assert changed
        verdicts.append(binance.is_served_by(changed))
    assert verdicts == [True, False, False, False]


def test_plan_takes_three_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """It is read every two seconds by every feed."""
    with django_assert_num_queries(3):
        queries.feed_plan("main")


def test_switched_off_feed_has_no_plan() -> None:
    """Nor has one that does not exist."""
    Feed.objects.update(is_enabled=False)
    assert queries.feed_plan("main") is None
    assert queries.feed_plan("other") is None
    assert queries.enabled_feeds() == []
    assert queries.shown_feed() is None


def test_venue_without_a_listing_is_left_out() -> None:
    """There would be nothing to ask it for."""
    Listing.objects.filter(venue="binance").update(is_enabled=False)
    plan = queries.feed_plan("main")
    assert plan
    assert [venue.code for venue in plan.venues] == OTHERS


def test_addresses_are_the_exchanges_own_in_live_mode_only(settings: Settings) -> None:
    """B-21: the same paths at the replay exchange otherwise."""
    settings.REPLAY_EXCHANGE_URL = "http://127.0.0.1:8999"
    plan = queries.feed_plan("main")
    settings.OMEGA_MODE = "live"
    live_plan = queries.feed_plan("main")
    assert plan
    assert live_plan
    assert plan.venues[0].urls[0] == "ws://127.0.0.1:8999/binance/stream"
    assert plan.venues[1].urls[0] == "http://127.0.0.1:8999/kucoin/api/v1/bullet-public"
    assert live_plan.venues[0].urls[0] == "wss://stream.binance.com:9443/stream"
    assert live_plan.venues[1].urls[0] == "https://api.kucoin.com/api/v1/bullet-public"
    assert len(plan.venues[0].urls) == len(live_plan.venues[0].urls)


def test_plan_has_what_an_admin_asks_for_within_what_the_venue_allows() -> None:
    """F-07: also where a row was written past the form."""
    Venue.objects.filter(code="okx").update(ping_every=15.0, connects_allowed=2, messages_allowed=9999)
    Venue.objects.filter(code="htx").update(ping_every=15.0)
    plan = queries.feed_plan("main")
    assert plan
    okx, htx, kraken = plan.venue("okx"), plan.venue("htx"), plan.venue("kraken")
    assert okx
    assert htx
    assert kraken
    assert (okx.ping_every, okx.connects, okx.messages) == (15.0, Rate(2, 1.0), Rate(480, 3600.0))
    assert htx.ping_every is None
    assert (kraken.ping_every, kraken.connects) == (20.0, Rate(150, 600.0))


@pytest.mark.parametrize(
    ("mode", "url"),
    [
        ("live", "ws://127.0.0.1:8999/binance/stream"),
        ("live", "wss://stream.binance.com.evil.example/stream"),
        ("test", "wss://stream.binance.com:9443/stream"),
        ("replay", "wss://stream.binance.com:9443/stream"),
    ],
)
def test_address_of_another_mode_is_never_used(settings: Settings, mode: str, url: str) -> None:
    """S17 B-21: whatever the row says, the plan has no address for it, says why, and the venue is not asked."""
    Venue.objects.filter(code="binance").update(url=url)
    settings.OMEGA_MODE = mode
    plan = queries.feed_plan("main")
    binance = plan.venue("binance") if plan else None
    assert binance
    assert (binance.urls, binance.is_enabled) == ((), False)
    assert ("stream.binance.com" if mode == "live" else "127.0.0.1") in binance.refusal


def test_last_reason_is_the_newest_that_was_given() -> None:
    """F-06: a venue that is connected again still shows why it was left."""
    for seconds, state, reason in ((1, "disconnected", "old"), (2, "disconnected", "silent"), (3, "connected", "")):
        entered_at = NOON + timedelta(seconds=seconds)
        VenueHealth.objects.create(feed_id="main", venue_id="htx", state=state, reason=reason, entered_at=entered_at)
    assert queries.last_reasons() == {"htx": "silent"}


def test_shown_feed_has_its_instruments_and_venues() -> None:
    """What the dashboard page is made of."""
    shown = queries.shown_feed()
    assert shown
    assert [instrument.code for instrument in shown.instruments] == ["BTC-USDT"]
    assert [venue.code for venue in shown.venues] == ["binance", *OTHERS]


def test_last_trade_is_the_newest_by_the_venues_clock() -> None:
    """E26: not the one that was stored last."""
    store(logged(1), logged(3), logged(2))
    assert queries.last_trade("BTC-USDT", LATER) == logged(3)
    assert queries.last_trade("BTC-USDT", logged(2).traded_at) == logged(2)
    assert queries.last_trade("ETH-USDT", LATER) is None


def test_trade_that_came_from_the_future_is_never_the_last_one() -> None:
    """E27: a flagged trade is no price, not even when its time has come."""
    future = structs.replace(logged(9), received_at=logged(1).received_at)
    store(logged(1), future)
    assert queries.last_trade("BTC-USDT", LATER) == logged(1)


def test_recent_trades_come_oldest_first() -> None:
    """E26: from a time on, of one instrument, whatever the venue."""
    Instrument.objects.create(code="ETH-USDT", base="ETH", quote="USDT")
    store(logged(4), logged(2, venue="htx"), logged(3), logged(1), logged(5, instrument="ETH-USDT"))
    recent = list(queries.recent_trades("BTC-USDT", NOON + timedelta(seconds=2), LATER))
    assert numbers(recent) == [2, 3, 4]
    assert recent[0] == logged(2, venue="htx")
