"""What a feed has to do, by the rows that admins edit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from feeds import queries
from feeds.models import Feed, FeedVenue, Instrument, Listing, Venue
from feeds.pace import Rate
from feeds.queries import FeedPlan, VenuePlan
from feeds.seed import add_listings

pytestmark = pytest.mark.django_db

# The mission's order, after Binance.
OTHERS: Final = ["kucoin", "bybit", "okx", "htx", "kraken", "gateio"]


def plan_of(name: str = "main") -> FeedPlan:
    plan = queries.feed_plan(name)
    assert plan
    return plan


def venue_of(code: str, name: str = "main") -> VenuePlan:
    venue = plan_of(name).venue(code)
    assert venue
    return venue


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


def test_session_goes_on_under_a_plan_that_changes_nothing_of_it() -> None:
    """F-03: another priority, name, patience or limit of connections needs no new one; what it is opened with does."""
    setup, verdicts = venue_of("binance").setup, []
    for change in (
        {"priority": 4, "name": "Other", "connects_allowed": 9, "silent_after": 9.0},
        {"messages_allowed": 2},
        {"messages_allowed": None, "url": "ws://127.0.0.1:8999/binance/stream"},
    ):
        Venue.objects.filter(code="binance").update(**change)
        verdicts.append(venue_of("binance").setup == setup)
    assert verdicts == [True, False, False]


def test_plan_takes_four_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """It is read every two seconds by every feed."""
    with django_assert_num_queries(4):
        queries.feed_plan("main")


def test_switched_off_feed_has_no_plan() -> None:
    """Nor has one that does not exist."""
    Feed.objects.update(is_enabled=False)
    assert queries.feed_plan("main") is None
    assert queries.feed_plan("other") is None
    assert queries.enabled_feeds() == []


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


def test_feed_has_an_order_of_its_own() -> None:
    """F-03: what it does not speak of stays as the venues have it, and at equal numbers its own comes first."""
    FeedVenue.objects.create(feed_id="main", venue_id="kraken", priority=1)
    FeedVenue.objects.create(feed_id="main", venue_id="kucoin", priority=9)
    order = [(venue.code, venue.priority) for venue in plan_of().venues]
    assert order == [
        *(("kraken", 1), ("binance", 1), ("bybit", 3), ("okx", 4), ("htx", 5), ("gateio", 7)),
        ("kucoin", 9),
    ]


def test_venue_that_a_feed_never_uses_is_switched_off_there_alone() -> None:
    """F-03: with the reason; another feed of the same instrument goes on using it."""
    Feed.objects.create(name="other", title="Other").instruments.set(Instrument.objects.all())
    FeedVenue.objects.create(feed_id="main", venue_id="binance", is_never_used=True)
    never = venue_of("binance")
    assert (never.is_enabled, never.refusal, never.priority) == (False, "this feed never uses it", 1)
    assert venue_of("binance", "other").is_enabled


def test_plan_says_how_many_standbys_and_how_long_to_pause() -> None:
    """F-04: as the feed's row has it."""
    assert (plan_of().standbys, plan_of().pause_between) == (2, 3.0)
    Feed.objects.update(standbys=0, pause_between=1.5, failback_after=60)
    assert (plan_of().standbys, plan_of().pause_between, plan_of().failback_after) == (0, 1.5, 60.0)


def test_word_on_a_circuit_breaker_is_in_the_plan_until_its_time() -> None:
    """V-14: and costs no session."""
    before, now = venue_of("okx"), datetime.now(UTC)
    Venue.objects.filter(code="okx").update(circuit="closed", circuit_until=now + timedelta(hours=1))
    assert venue_of("okx").circuit == "closed"
    assert before.setup == venue_of("okx").setup
    Venue.objects.filter(code="okx").update(circuit_until=now)
    assert venue_of("okx").circuit == ""


def test_instruments_are_shared_out_among_sessions() -> None:
    """F-10: no more in one than the venue allows, each in exactly one; a new one leaves the others where they are."""
    Instrument.objects.bulk_create(Instrument(code=f"B{n}-USDT", base=f"B{n}", quote="USDT") for n in range(299))
    add_listings()
    Feed.objects.get().instruments.set(Instrument.objects.all())
    okx, binance = venue_of("okx"), venue_of("binance")
    assert [len(part) for part in okx.parts()] == [100, 100, 100]
    assert {symbol: code for part in okx.parts() for symbol, code in part.items()} == okx.instruments
    assert binance.parts() == [binance.instruments]
    added = Instrument.objects.create(code="AAVE-USDT")
    add_listings()
    Feed.objects.get().instruments.add(added)
    assert venue_of("okx").parts() == [*okx.parts(), {"AAVE-USDT": "AAVE-USDT"}]
    assert replace(okx, instruments={}).parts() == []


def test_connection_test_asks_for_a_few_instruments() -> None:
    """F-02: hundreds would take longer than the test may; the oldest stand for all."""
    Instrument.objects.bulk_create(Instrument(code=f"B{n}-USDT", base=f"B{n}", quote="USDT") for n in range(50))
    add_listings()
    assert len(venue_of("okx").instruments) == 1
    asked = queries.venue_plan("okx").instruments
    assert len(asked) == 4
    assert asked["BTC-USDT"] == "BTC-USDT"
