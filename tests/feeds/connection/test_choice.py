"""Whose price is shown: of the feed, and of single instruments."""

import pytest

from feeds.connection import choice
from feeds.connection.choice import MAX_HOLD_S
from feeds.connection.effects import Divert, Lead
from feeds.connection.events import Policy, VenueTerms
from feeds.connection.record import Memory
from tests.feeds.connection.stage import BTC, SEVEN, Stage

ETH = "ETH-USDT"


@pytest.fixture
def memory() -> Memory:
    return Memory(Policy((VenueTerms("binance", (BTC,)), VenueTerms("kucoin", (BTC,)))))


@pytest.mark.parametrize(
    ("held", "stayed", "next_hold"),
    [
        (None, 299.0, 600.0),
        (600.0, 599.0, 1200.0),
        (600.0, 601.0, 600.0),
        (2400.0, 100.0, MAX_HOLD_S),
        (MAX_HOLD_S, 100.0, MAX_HOLD_S),
        (600.0, MAX_HOLD_S, 300.0),
    ],
)
def test_hold_doubles_for_who_falls_soon_up_to_an_hour_and_is_forgotten_after_one(
    memory: Memory, held: float | None, stayed: float, next_hold: float
) -> None:
    """E31: by how long the venue kept the price after it came back to it."""
    record = memory.venue("binance")
    record.hold, record.came_back_at, record.good_since = held, 1000.0, 0.0
    choice.note_failure(memory, record, 1000.0 + stayed)
    assert choice.hold(memory, record) == next_hold
    assert record.has_failed
    assert choice.due_back_at(memory, record) == float("inf")


def test_failure_away_from_the_price_costs_no_longer_hold(memory: Memory) -> None:
    """E31: only who had the price again can lose it again."""
    record = memory.venue("binance")
    record.hold = 600.0
    choice.note_failure(memory, record, 1000.0)
    assert choice.hold(memory, record) == 600.0


def test_venue_that_never_failed_takes_over_at_once_and_one_that_did_waits() -> None:
    """F-03 F-05: both come before the leading one; a new order is not held up by who takes over meanwhile."""
    stage = Stage(*SEVEN)
    stage.venues["binance"].is_up = stage.venues["kucoin"].is_up = False
    stage.run(20)
    assert stage.lead == "bybit"
    stage.venues["binance"].is_up = True
    stage.mark()
    stage.run(60)
    assert (stage.lead, "binance" in stage.connected()) == ("bybit", True)
    stage.adopt("gateio", *SEVEN[:6])
    stage.run(3)
    assert stage.lead == "gateio"


def test_instrument_stays_at_the_venue_that_it_was_diverted_to() -> None:
    """E19: a better venue that has it too is no reason to move it."""
    stage = Stage(*SEVEN, instruments=(BTC, ETH))
    stage.venues["binance"].refuses = frozenset({ETH})
    stage.venues["kucoin"].is_up = False
    stage.run(5)
    assert [divert.venue for divert in stage.of(Divert)] == ["bybit"]
    stage.venues["kucoin"].is_up = True
    stage.mark()
    stage.run(60)
    assert "kucoin" in stage.connected()
    assert stage.of(Divert) == []


def test_diverted_instrument_is_the_next_leading_venues_where_that_has_it() -> None:
    """E19: a diversion ends with the venue that lacked the instrument."""
    stage = Stage(*SEVEN, instruments=(BTC, ETH))
    stage.venues["binance"].refuses = frozenset({ETH})
    stage.run(5)
    assert [divert.venue for divert in stage.of(Divert)] == ["kucoin"]
    stage.mark()
    stage.venues["binance"].is_up = False
    stage.run(5)
    assert (stage.lead, stage.of(Divert)) == ("kucoin", [])


def test_instrument_that_the_leading_venue_does_not_list_is_the_next_ones() -> None:
    """E19: with the reason; the leading one was never asked for it."""
    stage = Stage("binance", "kucoin", instruments=(BTC, ETH))
    binance, kucoin = stage.policy.venues
    stage.policy = Policy((VenueTerms("binance", (BTC,)), kucoin))
    stage.run(5)
    (divert,) = stage.of(Divert)
    assert (divert.instrument, divert.venue) == (ETH, "kucoin")
    assert divert.reason == "unlisted: the leading venue does not list it"


def test_price_of_all_is_nobodys_when_the_last_venue_is_switched_off() -> None:
    """F-01: with the reason, and no failure of the venue."""
    stage = Stage("binance")
    stage.run(5)
    stage.mark()
    stage.adopt()
    (lead,) = stage.of(Lead)
    assert (lead.venue, lead.former, lead.reason) == ("", "binance", "switched_off: it is not to be used")
