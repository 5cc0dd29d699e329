"""What a feed decides about its sessions: renewals, instruments that some lack, more or fewer standbys."""

from feeds.connection.effects import Close, Connect, Divert, Lead
from feeds.connection.events import Announced, PutOff, Repeated, Unsettled
from tests.feeds.connection.stage import BTC, SEVEN, Stage

ETH = "ETH-USDT"


def test_announced_end_is_renewed_before_the_old_one_is_closed() -> None:
    """E17: the second session delivers, a trade was seen on both, then the first is closed; nobody notices."""
    stage = Stage(*SEVEN)
    stage.run(70)
    (old,) = stage.open("binance")
    stage.mark()
    stage.tell(Announced(old, "service upgrade"))
    stage.run(1)
    (first, new) = stage.open("binance")
    assert first == old
    stage.tell(Repeated(new))
    assert [close.session for close in stage.of(Close)] == [old]
    stage.run(5)
    assert (stage.of(Lead), stage.open("binance")) == ([], [new])


def test_planned_life_ends_one_venue_at_a_time() -> None:
    """E18: renewed before the day is over, with an overlap, never two at once; the price stays where it is."""
    stage = Stage(*SEVEN[:3], life_after=1000.0)
    stage.run(5000)
    stage.mark()
    overlaps = 0
    for _ in range(20_000):
        stage.run(0.1)
        counts = [len(stage.open(code)) for code in SEVEN[:3]]
        overlaps = max(overlaps, sum(count > 1 for count in counts))
        assert all(counts)
    assert (stage.of(Lead), overlaps) == ([], 1)
    assert len(stage.of(Connect)) >= 5


def test_renewal_that_fails_costs_nothing() -> None:
    """E18: the old session goes on, and the new one is tried again later."""
    stage = Stage(*SEVEN[:3], life_after=1000.0)
    stage.run(900)
    (old,) = stage.open("binance")
    stage.mark()
    stage.venues["binance"].connect_s = 1e9
    stage.run(150)
    pending = [number for number in stage.open("binance") if number != old]
    assert pending
    assert stage.of(Lead) == []


def test_refused_instrument_is_another_venues() -> None:
    """E19: the others stay; without a standby that has it, one more venue is connected."""
    stage = Stage(*SEVEN, instruments=(BTC, ETH))
    for code in ("binance", "kucoin", "bybit"):
        stage.venues[code].refuses = frozenset({ETH})
    stage.run(5)
    assert stage.lead == "binance"
    assert [(divert.instrument, divert.venue) for divert in stage.of(Divert)] == [(ETH, "okx")]


def test_instrument_that_goes_silent_alone_is_diverted_and_returns() -> None:
    """V-17: per stream; it comes back after it was heard for a minute."""
    stage = Stage(*SEVEN, instruments=(BTC, ETH))
    stage.run(20)
    stage.mark()
    stage.venues["binance"].muted = frozenset({ETH})
    stage.run(10)
    (divert,) = stage.of(Divert)
    assert (divert.instrument, divert.former, divert.venue) == (ETH, "binance", "kucoin")
    assert 2.9 <= stage.times(Divert)[0] <= 4.0
    assert stage.lead == "binance"
    stage.venues["binance"].muted = frozenset()
    stage.mark()
    stage.run(70)
    assert [divert.venue for divert in stage.of(Divert)] == ["binance"]
    assert 60 <= stage.times(Divert)[0] <= 62


def test_more_standbys_when_the_market_moves(stage: Stage) -> None:
    """V-02 F-24: two more are connected; when it is calm again they are closed, after some time."""
    stage.tell(Unsettled(2))
    stage.run(10)
    assert len(stage.connected()) == 5
    stage.tell(Unsettled(0))
    stage.run(100)
    assert len(stage.connected()) == 3


def test_standby_that_is_not_needed_is_closed(stage: Stage) -> None:
    """F-23: the one that stood in for a failed venue, when that has delivered for a minute."""
    stage.venues["kucoin"].is_up = False
    stage.run(10)
    assert "okx" in stage.connected()
    stage.venues["kucoin"].is_up = True
    stage.run(120)
    assert stage.connected() == ["binance", "bybit", "kucoin"]


def test_venue_that_is_put_off_is_no_failure(stage: Stage) -> None:
    """E5: its limits, or its wish: it waits, another one stands by, and nothing is counted."""
    stage.cut("binance")
    stage.run(1.1)
    (number,) = stage.open("binance")
    stage.sessions.pop(number)
    stage.mark()
    stage.tell(PutOff(number, 100.0, "its limit of connections is reached"))
    stage.run(99)
    assert stage.times(Connect, "binance") == []
    stage.run(10)
    assert stage.times(Connect, "binance")[0] == 100.0


def test_session_of_before_says_nothing(stage: Stage) -> None:
    """Numbers are never used again: what a former session still says changes nothing."""
    (old,) = stage.open("binance")
    stage.cut("binance")
    stage.mark()
    stage.tell(Announced(old, "late"))
    stage.tell(Repeated(old))
    assert stage.seen == []
