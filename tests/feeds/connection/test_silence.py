"""Which sessions, and which of their streams, went silent."""

import pytest

from feeds.connection.effects import Close, Connect, Divert
from tests.feeds.connection.stage import BTC, SEVEN, Stage

ETH = "ETH-USDT"


def mute(stage: Stage, *codes: str) -> None:
    for code in codes:
        stage.venues[code].is_mute = True


def test_silent_session_is_cut_once(stage: Stage) -> None:
    """E7: while it ends, nobody is told of it again."""
    mute(stage, "binance")
    stage.run(3.5)
    assert [(close.reason, close.is_silent) for close in stage.of(Close)] == [("no market data for 3.0 s", True)]


def test_silence_of_one_is_no_reason_to_connect_another_before_it_is_left(stage: Stage) -> None:
    """V-17: one more is connected only while all of them are quiet."""
    mute(stage, "kucoin")
    stage.run(2.9)
    assert stage.times(Connect) == []


def test_one_venue_more_is_connected_when_half_of_all_patience_is_over(stage: Stage) -> None:
    """V-17: to see whether it is the market."""
    mute(stage, *SEVEN)
    stage.run(2.9)
    (connected,) = stage.times(Connect)
    # It is looked at once a second.
    assert 1.5 <= connected <= 2.5
    assert stage.of(Close) == []


def test_venues_that_fall_silent_one_after_the_other_are_a_quiet_market(stage: Stage) -> None:
    """E8 V-17: who spoke a second longer than the first is no proof that the first is dead."""
    mute(stage, "binance")
    stage.run(1)
    mute(stage, *SEVEN)
    stage.run(10)
    assert (stage.of(Close), stage.lead) == ([], "binance")


def test_all_are_left_when_the_silence_lasts_fifteen_seconds(stage: Stage) -> None:
    """E7 V-17: no market is quiet for so long; the venues that are left are those that were connected."""
    mute(stage, *SEVEN)
    stage.run(14.8)
    assert [each for each in stage.connected() if stage.open(each)] == ["binance", "bybit", "kucoin"]
    stage.run(0.4)
    assert stage.lead == ""
    assert stage.connected() == []


def test_only_venue_is_left_after_three_seconds() -> None:
    """E7: there is nobody who could tell that the market is quiet."""
    stage = Stage("binance")
    stage.run(20)
    stage.mark()
    mute(stage, "binance")
    stage.run(4)
    assert stage.times(Close) == [3.0]


def test_venue_that_never_said_anything_has_three_seconds(stage: Stage) -> None:
    """E9: however slow its rhythm was before, where the others are lively; counted from when its connection opened."""
    stage.venues["kucoin"].every_s = 1.0
    stage.run(60)
    mute(stage, "kucoin")
    stage.cut("kucoin")
    stage.mark()
    stage.run(4.5)
    assert [close.reason for close in stage.of(Close)] == ["no market data for 3.0 s"]
    # It was tried after a second, and had 0.2 s to open.
    assert stage.times(Close) == [pytest.approx(4.2, abs=0.15)]


def test_instrument_that_nobody_speaks_of_stays_where_it_is() -> None:
    """V-17: a stream is silent when others speak of it meanwhile."""
    stage = Stage(*SEVEN, instruments=(BTC, ETH))
    stage.run(20)
    stage.mark()
    for venue in stage.venues.values():
        venue.muted = frozenset({ETH})
    stage.run(30)
    assert stage.of(Divert) == []


def test_instrument_that_falls_silent_at_one_after_the_other_stays_where_it_is() -> None:
    """V-17: who told of it a second longer is no proof."""
    stage = Stage(*SEVEN, instruments=(BTC, ETH))
    stage.run(20)
    stage.mark()
    stage.venues["binance"].muted = frozenset({ETH})
    stage.run(1)
    for venue in stage.venues.values():
        venue.muted = frozenset({ETH})
    stage.run(10)
    assert stage.of(Divert) == []


def test_instrument_that_a_venue_never_told_is_another_ones() -> None:
    """E19 V-17: its clock starts when the session is connected."""
    stage = Stage(*SEVEN, instruments=(BTC, ETH))
    stage.venues["binance"].muted = frozenset({ETH})
    stage.run(6)
    assert [(divert.instrument, divert.venue) for divert in stage.of(Divert)] == [(ETH, "kucoin")]
