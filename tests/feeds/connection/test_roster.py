"""Which sessions are to exist."""

import pytest

from feeds.connection import roster
from feeds.connection.effects import Close, Connect
from feeds.connection.events import Policy, VenueTerms
from feeds.connection.record import ATTEMPTS, Memory
from feeds.connection.roster import KEPT_TRIES
from tests.feeds.connection.stage import BTC, SEVEN, Stage

ETH = "ETH-USDT"


@pytest.mark.parametrize("standbys", [0, 1, 3])
def test_as_many_stand_by_as_the_admin_says(standbys: int) -> None:
    """F-23: also when it is changed while the feed runs."""
    stage = Stage(*SEVEN)
    stage.run(20)
    stage.adopt(*SEVEN, standbys=standbys)
    stage.run(100)
    assert len(stage.connected()) == 1 + standbys


def test_venues_that_hang_at_the_start_are_not_waited_for() -> None:
    """E6: while nobody delivers, the next ones are tried after a second."""
    stage = Stage(*SEVEN)
    for code in SEVEN[:3]:
        stage.venues[code].connect_s = 1e9
    stage.run(3)
    assert stage.times(Connect, "okx")[0] <= 1.2
    assert stage.lead == "okx"


@pytest.mark.parametrize("is_blind", [True, False])
def test_some_tries_are_kept_for_when_no_venue_delivers(is_blind: bool) -> None:
    """E1 E32: of thirty in five minutes, eight."""
    memory = Memory(Policy((VenueTerms("binance", (BTC,)), VenueTerms("kucoin", (BTC,)))))
    memory.lead = "" if is_blind else "binance"
    record = memory.venue("kucoin")
    for _ in range(ATTEMPTS.count - KEPT_TRIES - 1):
        record.tries.note(0.0)
    assert roster.may_begin(memory, "kucoin", 10.0)
    record.tries.note(0.0)
    assert roster.may_begin(memory, "kucoin", 10.0) == is_blind


def test_leading_venue_is_kept_however_many_better_ones_are_there() -> None:
    """F-05 F-23: it is no surplus while a venue that failed earns the price back."""
    stage = Stage(*SEVEN)
    stage.run(20)
    for code in SEVEN[:3]:
        stage.venues[code].is_up = False
    stage.run(10)
    assert stage.lead == "okx"
    for code in SEVEN[:3]:
        stage.venues[code].is_up = True
    stage.mark()
    stage.run(200)
    assert stage.connected() == ["binance", "bybit", "kucoin", "okx"]
    assert stage.lead == "okx"
    stage.run(200)
    assert stage.lead == "binance"
    assert stage.connected() == ["binance", "bybit", "kucoin"]


def test_standby_stays_until_the_better_one_has_delivered_for_a_minute() -> None:
    """F-23: who comes and goes costs no connection of another."""
    stage = Stage(*SEVEN)
    stage.run(20)
    stage.cut("kucoin")
    stage.run(10)
    assert stage.connected() == ["binance", "bybit", "kucoin"]
    stage.venues["kucoin"].is_up = False
    stage.run(10)
    stage.venues["kucoin"].is_up = True
    stage.mark()
    stage.run(50)
    assert (stage.of(Close), "okx" in stage.connected()) == ([], True)


def test_venue_that_refused_an_instrument_is_not_connected_for_it() -> None:
    """E19: for ten minutes; then it may have it again."""
    memory = Memory(Policy(tuple(VenueTerms(code, (BTC, ETH)) for code in SEVEN)))
    memory.venue("binance").refused_at[ETH] = 0.0
    assert memory.venue("binance").refuses(ETH, 599.0)
    assert not memory.venue("binance").refuses(ETH, 600.0)
    memory.policy = Policy(memory.policy.venues[:2], standbys=0)
    assert roster.wishes(memory, 1.0).begin == ["binance", "kucoin"]
    assert roster.wishes(memory, 601.0).begin == ["binance"]
