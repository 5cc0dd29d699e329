"""What a feed decides while no venue delivers."""

from itertools import pairwise

import pytest

from feeds.connection.effects import Connect, Lead
from feeds.connection.events import Ended
from feeds.errors import ClosedByVenue, HandshakeRefused
from tests.feeds.connection.stage import SEVEN, Stage


@pytest.fixture
def stage() -> Stage:
    """All seven deliver; the best one leads since some time. Then none is up."""
    stage = Stage(*SEVEN)
    stage.run(20)
    for venue in stage.venues.values():
        venue.is_up = False
    stage.mark()
    return stage


@pytest.mark.parametrize("down_s", [1, 2, 3, 4, 5, 7, 10, 12, 13, 16, 20, 24, 28, 33, 40, 45, 60, 90, 300, 900])
def test_outage_is_over_two_seconds_after_the_venues_are_back(stage: Stage, down_s: float) -> None:
    """E32: however long it lasted; somebody is asked all the time."""
    stage.run(down_s)
    for venue in stage.venues.values():
        venue.is_up = True
    stage.mark()
    stage.run(15)
    assert stage.times(Lead)[0] <= 2.0


def test_venues_are_asked_in_turn(stage: Stage) -> None:
    """E1 E32: after the first tries of each, one every 1.7 s, and each of them once in eleven seconds."""
    stage.run(5)
    stage.mark()
    stage.run(120)
    tries = stage.times(Connect)
    assert all(1.6 <= later - earlier <= 2.0 for earlier, later in pairwise(tries))
    for code in SEVEN:
        assert all(later - earlier >= 11.5 for earlier, later in pairwise(stage.times(Connect, code)))


def test_venue_that_wants_to_be_left_alone_has_no_turn(stage: Stage) -> None:
    """E4 E5: also while no other delivers."""
    stage.run(30)
    while not (numbers := stage.open("kraken")):
        stage.run(0.1)
    stage.sessions.pop(numbers[0])
    stage.mark()
    stage.tell(Ended(numbers[0], HandshakeRefused(429), 100.0, 0.5))
    stage.run(120)
    assert 100.0 <= stage.times(Connect, "kraken")[0] <= 112.0


def test_only_venue_is_asked_again_and_again() -> None:
    """E1: a feed of one venue: quickly at first, then once in eleven seconds, and never more seldom."""
    stage = Stage("binance")
    stage.run(20)
    stage.venues["binance"].is_up = False
    stage.mark()
    stage.run(60)
    waits = [later - earlier for earlier, later in pairwise(stage.times(Connect))]
    assert max(waits[:2]) <= 2.5
    assert all(11.5 <= wait <= 12.5 for wait in waits[2:])
    assert len(waits) >= 6


def test_evidence_of_a_lost_venue_says_how_old_its_data_were() -> None:
    """F-06: of the one that was left too, though its session is over; and of one that went silent."""
    stage = Stage(*SEVEN)
    stage.run(20)
    stage.venues["binance"].is_mute = True
    stage.run(2)
    stage.mark()
    stage.cut("binance", ClosedByVenue(1006, ""))
    age = stage.of(Lead)[0].evidence["binance"].data_age
    assert age == pytest.approx(2.0, abs=0.15)
    stage.venues["kucoin"].is_mute = True
    stage.mark()
    stage.run(5)
    age = stage.of(Lead)[0].evidence["kucoin"].data_age
    assert age == pytest.approx(3.0, abs=0.15)
