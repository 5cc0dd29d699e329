"""How each venue of a feed is doing, as it is written."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feeds.connection.condition import Condition
from feeds.market.latency import ACCEPT, VENUE, Latency
from feeds.storage.latest import VenueState
from tests.clock import ManualClock
from tests.feeds.connection.plans import feed_plan, venue_plan
from tests.feeds.samples import NOON

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def latency() -> Latency:
    return Latency()


@pytest.fixture
def condition(latency: Latency, clock: ManualClock) -> Condition:
    condition = Condition(latency, clock)
    condition.follow(feed_plan(), NOON)
    return condition


def enter(condition: Condition, state: str, reason: str = "", retry_at: datetime | None = None) -> None:
    condition.enter("binance", state, reason, NOON, retry_at, 3 if retry_at else 0)


def switch(condition: Condition, is_enabled: bool, refusal: str = "", now: datetime = LATER) -> None:
    """An admin saves the plan anew, with Binance used or not."""
    binance = replace(venue_plan("binance", 1, is_enabled), refusal=refusal)
    condition.follow(feed_plan(binance, venue_plan("htx", 5)), now)


def states(condition: Condition, seen_at: Mapping[str, datetime | None] | None = None) -> dict[str, VenueState]:
    return {state.venue: state for state in condition.states(seen_at or {})}


def test_new_venue_is_idle_or_disabled_from_the_first_moment(clock: ManualClock) -> None:
    """F-01: with the reason why it is not used, though it is switched on."""
    condition = Condition(Latency(), clock)
    switch(condition, is_enabled=False, refusal="this feed never uses it")
    binance, htx = condition.states({})
    assert (binance.state, binance.reason, binance.since_at) == ("disabled", "this feed never uses it", LATER)
    assert (htx.state, htx.reason) == ("idle", "")


@pytest.mark.parametrize("state", ["idle", "disconnected", "blocked", "exhausted"])
def test_venue_at_rest_is_disabled_at_once_and_waits_for_nothing(condition: Condition, state: str) -> None:
    """F-01: nobody tells when it will be tried again, because it will not be."""
    enter(condition, state, "HTTP 503", retry_at=LATER)
    switch(condition, is_enabled=False, refusal="its address is not allowed")
    found = states(condition)["binance"]
    assert (found.state, found.reason, found.retry_at) == ("disabled", "its address is not allowed", None)
    assert found.since_at == LATER


def test_venue_that_is_used_again_is_idle(condition: Condition) -> None:
    """F-01: the reason of before is gone, and it is so since then."""
    switch(condition, is_enabled=False, refusal="this feed never uses it")
    switch(condition, is_enabled=True)
    found = states(condition)["binance"]
    assert (found.state, found.reason) == ("idle", "")


def test_other_reason_for_a_disabled_venue_is_told(condition: Condition) -> None:
    """F-01: the address is right now, but the feed never uses it; it is disabled since the first time."""
    switch(condition, is_enabled=False, refusal="its address is not allowed")
    switch(condition, is_enabled=False, refusal="this feed never uses it", now=LATER + timedelta(seconds=2))
    found = states(condition)["binance"]
    assert (found.state, found.reason, found.since_at) == ("disabled", "this feed never uses it", LATER)


@pytest.mark.parametrize("state", ["connecting", "connected"])
def test_open_session_is_shown_as_what_it_is_until_it_is_closed(condition: Condition, state: str) -> None:
    """F-06: what an admin saves is no transition."""
    enter(condition, state)
    switch(condition, is_enabled=False)
    assert states(condition)["binance"].state == state


def test_unchanged_plan_changes_no_state(condition: Condition) -> None:
    """F-06: who waits for its next try goes on waiting, since the same time."""
    enter(condition, "disconnected", "HTTP 503", retry_at=LATER)
    switch(condition, is_enabled=True)
    found = states(condition)["binance"]
    assert (found.state, found.reason, found.since_at, found.retry_at, found.attempts) == (
        "disconnected",
        "HTTP 503",
        NOON,
        LATER,
        3,
    )


def test_last_words_of_a_venue_that_is_gone_are_no_error(condition: Condition) -> None:
    """F-01: its session ends after it left the plan."""
    condition.follow(feed_plan(venue_plan("htx", 5)), NOON)
    enter(condition, "idle")
    assert condition.codes() == ["htx"]


def test_state_comes_with_its_circuit_and_the_last_data(condition: Condition) -> None:
    """V-14 F-25: beside the reason, for people."""
    condition.enter("htx", "disconnected", "circuit: 5 failures in 60 s", NOON, LATER, 5)
    condition.turn("htx", "open")
    found = states(condition, {"htx": NOON})
    assert (found["htx"].circuit, found["htx"].attempts, found["htx"].seen_at) == ("open", 5, NOON)
    assert found["binance"].seen_at is None


def test_connected_venues_are_those_that_deliver(condition: Condition) -> None:
    """V-16: only they are asked for the time."""
    enter(condition, "connected")
    assert condition.connected() == ["binance"]


def test_skew_is_the_middle_of_what_the_clock_said_in_a_minute(condition: Condition) -> None:
    """V-16: one old trade is no clock; of a venue that tells no time nothing is known."""
    for seconds in (2.0, 2.0, -50.0, 2.0):
        condition.hear_time("binance", NOON + timedelta(seconds=seconds), NOON)
    assert condition.skews() == {"binance": 2.0}
    assert (states(condition)["binance"].skew_ms, states(condition)["htx"].skew_ms) == (2000, None)


async def test_clock_that_was_not_heard_for_a_minute_is_not_known(condition: Condition, clock: ManualClock) -> None:
    """V-16: nor is that of a venue which left the plan."""
    condition.hear_time("binance", NOON - timedelta(seconds=7), NOON)
    condition.hear_time("gone", NOON - timedelta(seconds=7), NOON)
    assert condition.skews() == {"binance": -7.0}
    await clock.advance(60.1)
    assert (condition.skews(), condition.skew("binance")) == ({}, None)


def test_measured_offset_is_kept_apart_from_what_data_tell(condition: Condition) -> None:
    """V-16: it knows how long the way is."""
    condition.hear_time("binance", NOON - timedelta(seconds=7), NOON)
    condition.measure("binance", 0.25)
    assert (condition.offset("binance"), condition.offset("htx")) == (timedelta(seconds=0.25), None)
    assert condition.skews() == {"binance": -7.0}


def test_delays_are_told_by_venue_and_hop(condition: Condition, latency: Latency) -> None:
    """V-16: percentiles in milliseconds; of a venue that told nothing, nothing."""
    for ms in (10.0, 10.0, 500.0):
        latency.note(VENUE, "binance", ms, 0.0)
    latency.note(ACCEPT, "binance", 1.0, 0.0)
    found = states(condition)
    assert set(found["binance"].delays) == {"venue", "accept"}
    assert found["binance"].delays["venue"].p50 == pytest.approx(10, rel=0.05)
    assert found["binance"].delays["venue"].p99 == pytest.approx(500, rel=0.05)
    assert found["htx"].delays == {}


def test_each_further_connection_is_counted(condition: Condition) -> None:
    """F-29: the first is none, and a state that is told twice is one."""
    for state in ("connecting", "connected", "connected", "disconnected", "connected", "silent", "connected"):
        enter(condition, state)
    assert (states(condition)["binance"].reconnects, states(condition)["htx"].reconnects) == (2, 0)


def test_word_of_an_admin_on_the_circuit_has_an_end(condition: Condition) -> None:
    """F-29: people see until when a circuit is held, and that it is not any more."""
    held = replace(venue_plan("binance", 1), circuit="open", circuit_until=LATER)
    condition.follow(feed_plan(held, venue_plan("htx", 5)), NOON)
    assert [each.forced_until for each in condition.states({})] == [LATER, None]
    condition.follow(feed_plan(), LATER)
    assert [each.forced_until for each in condition.states({})] == [None, None]
