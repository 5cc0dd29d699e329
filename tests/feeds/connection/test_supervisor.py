"""What a feed decides: which venue leads, who stands by, when to leave."""

import pytest

from feeds.connection.effects import Close, Connect, Enter, Lead, Raise
from feeds.connection.events import Skewed
from feeds.errors import CertificateRefused, ClosedByVenue, HandshakeRefused
from tests.feeds.connection.stage import SEVEN, Stage

ETH = "ETH-USDT"


def test_best_venue_leads_and_two_stand_by() -> None:
    """F-03: the three best are connected at once, the others not; the best one leads from the first moment."""
    stage = Stage(*SEVEN)
    stage.venues["binance"].connect_s = 0.7
    stage.run(5)
    assert stage.connected() == ["binance", "bybit", "kucoin"]
    assert [(lead.former, lead.venue) for lead in stage.of(Lead)] == [("", "binance")]


def test_slow_best_venue_is_waited_for_a_second_only() -> None:
    """F-03: then the next one leads, and the best takes over when it comes: it never failed."""
    stage = Stage(*SEVEN)
    stage.venues["binance"].connect_s = 2.0
    stage.run(5)
    assert [lead.venue for lead in stage.of(Lead)] == ["kucoin", "binance"]
    assert stage.times(Lead)[0] <= 1.5
    assert stage.of(Lead)[1].reason == "order: it comes before kucoin"


def test_standby_leads_in_the_moment_in_which_the_leading_venue_is_lost(stage: Stage) -> None:
    """E1 E13 E14: no connect is in between; the reason is what the venue's end said."""
    stage.cut("binance", ClosedByVenue(1001, "maintenance"))
    (lead,) = stage.of(Lead)
    assert (lead.former, lead.venue) == ("binance", "kucoin")
    assert lead.reason == "closed: the venue closed the session with 1001 maintenance"
    assert stage.times(Lead) == [0.0]


def test_decision_comes_with_what_was_known_of_each_venue(stage: Stage) -> None:
    """F-06: states, ages of the last data, circuits, attempts."""
    stage.cut("binance")
    evidence = stage.of(Lead)[0].evidence
    assert list(evidence) == list(SEVEN)
    assert (evidence["binance"].state, evidence["binance"].attempts) == ("disconnected", 1)
    assert evidence["kucoin"].state == "connected"
    assert evidence["kucoin"].data_age is not None
    assert evidence["kucoin"].data_age <= 0.1
    assert (evidence["gateio"].state, evidence["gateio"].data_age, evidence["gateio"].circuit) == (
        "idle",
        None,
        "closed",
    )


def test_replacement_is_connected_three_seconds_later(stage: Stage) -> None:
    """F-04: a pause between venues, and none before the failed venue's own next try."""
    stage.venues["binance"].is_up = False
    stage.run(10)
    (left,) = stage.times(Lead)
    assert stage.times(Connect, "okx") == [round(left + 3.0, 1)]
    assert stage.times(Connect, "binance")[0] == round(left + 1.0, 1)


def test_pause_is_what_the_admin_says(stage: Stage) -> None:
    """F-04: configurable."""
    stage.adopt(*SEVEN, pause_between=2.0)
    stage.venues["binance"].is_up = False
    stage.run(10)
    (left,) = stage.times(Lead)
    assert stage.times(Connect, "okx") == [round(left + 2.0, 1)]


def test_failed_venue_is_tried_in_fibonacci_waits_and_rarely_while_its_circuit_is_open(stage: Stage) -> None:
    """F-08 V-14: 1, 1, 2, 3 s after each failure; the fifth one in a minute opens the circuit for 30 s."""
    stage.venues["binance"].is_up = False
    stage.run(60)
    tries = stage.times(Connect, "binance")
    waits = [later - earlier for earlier, later in zip([0.1, *tries], tries, strict=False)]
    # Each but the first one begins 0.2 s after its try: so long it takes to be refused.
    assert waits[:5] == pytest.approx([1.0, 1.2, 2.2, 3.2, 30.2], abs=0.15)


def test_venue_sees_at_most_thirty_tries_in_five_minutes(stage: Stage) -> None:
    """E1: whatever it does, and while nobody else delivers."""
    for venue in stage.venues.values():
        venue.is_up = False
    stage.run(1200)
    for code in SEVEN:
        tries = stage.times(Connect, code)
        assert max(sum(at <= other < at + 300 for other in tries) for at in tries) <= 30


def test_silent_venue_is_left_for_a_standby_after_three_seconds(stage: Stage) -> None:
    """E7 V-17: the others speak, so it is the venue's silence; its session is cut."""
    stage.venues["binance"].is_mute = True
    stage.run(5)
    assert stage.lead == "kucoin"
    assert 2.9 <= stage.times(Lead)[0] <= 3.1
    close = stage.of(Close)[0]
    assert (close.is_silent, close.reason) == (True, "no market data for 3.0 s")


def test_quiet_market_moves_nothing(stage: Stage) -> None:
    """E8 V-17: all are quiet for ten seconds: no switch; one venue more is connected to see."""
    for venue in stage.venues.values():
        venue.is_mute = True
    stage.run(2.5)
    for venue in stage.venues.values():
        venue.is_mute = False
    stage.run(60)
    assert stage.of(Lead) == []
    assert stage.times(Connect, "okx")[0] < 3.0


def test_venues_that_fall_silent_together_are_left_for_one_that_speaks(stage: Stage) -> None:
    """E7: the three that are connected die at once; the fourth was connected when they were suspected."""
    for code in ("binance", "kucoin", "bybit"):
        stage.venues[code].is_mute = True
    stage.run(4)
    assert stage.lead == "okx"
    assert stage.times(Lead)[-1] <= 3.5


def test_slow_market_is_held_to_its_own_rhythm() -> None:
    """E8 V-17: a venue that speaks every second is not dead after three, but after eight."""
    stage = Stage(*SEVEN)
    for venue in stage.venues.values():
        venue.every_s = 1.0
    stage.run(60)
    stage.mark()
    stage.venues["binance"].is_mute = True
    stage.run(20)
    assert 7.0 <= stage.times(Lead)[0] <= 9.0


def test_venue_that_never_speaks_is_given_up(stage: Stage) -> None:
    """E9: the clock starts when it opens; within five seconds somebody else stands by in its place."""
    stage.venues["kucoin"].is_mute = True
    stage.cut("kucoin")
    stage.run(8)
    assert stage.lead == "binance"
    assert "okx" in stage.connected()
    assert 0 < len(stage.times(Close)) <= 3


def test_all_venues_down_is_told_and_ends_with_the_first_that_returns(stage: Stage) -> None:
    """E32: told within 15 s; back 2 s after they are."""
    for venue in stage.venues.values():
        venue.is_up = False
    stage.run(300)
    assert stage.lead == ""
    raised = next(at - stage.began_at for at, effect in stage.seen if isinstance(effect, Raise))
    assert raised <= 15
    for venue in stage.venues.values():
        venue.is_up = True
    stage.mark()
    stage.run(10)
    assert stage.times(Lead)[0] <= 2.0


def test_first_venue_comes_again_after_the_last() -> None:
    """F-03: the order has no end: with each in turn as the only one that is up, each leads in turn."""
    stage = Stage(*SEVEN)
    led = []
    for code in (*SEVEN, SEVEN[0]):
        for other, venue in stage.venues.items():
            venue.is_up = other == code
        stage.run(40)
        led.append(stage.lead)
    assert led == [*SEVEN, SEVEN[0]]


def test_exhausted_venue_is_told_and_tried_every_quarter_of_an_hour(stage: Stage) -> None:
    """F-09: after 144 failures; the feed is on another venue all the time, and the venue is never given up."""
    stage.step_s = 1.0
    stage.venues["binance"].is_up = False
    stage.run(144 * 700)
    alert = next(effect for _, effect in stage.seen if isinstance(effect, Raise))
    assert (alert.kind, alert.subject) == ("exhausted", "binance")
    assert alert.text == "maximum reconnection attempts reached for binance"
    assert stage.lead == "kucoin"
    entered = [effect for _, effect in stage.seen if isinstance(effect, Enter) and effect.venue == "binance"]
    assert entered[-1].state in ("exhausted", "connecting")
    tries = stage.times(Connect, "binance")
    assert 850 <= tries[-1] - tries[-2] <= 950


def test_ban_and_certificate_are_told(stage: Stage) -> None:
    """E3 E4: a person has to do something about them."""
    stage.cut("binance", HandshakeRefused(403))
    stage.cut("kucoin", CertificateRefused("expired"))
    assert [(alert.kind, alert.subject) for alert in stage.of(Raise)] == [
        ("blocked", "binance"),
        ("certificate", "kucoin"),
    ]


def test_doubted_venue_is_left_and_has_to_earn_its_place(stage: Stage) -> None:
    """V-14: its circuit opens at more than a fifth of the last hundred ticks; it is not tried for 30 s."""
    stage.venues["binance"].is_doubtful = True
    stage.run(20)
    assert stage.lead == "kucoin"
    assert stage.times(Lead)[0] <= 3.0
    assert stage.of(Lead)[0].reason.startswith("circuit: ")
    assert stage.times(Connect, "binance") == []
    stage.venues["binance"].is_doubtful = False
    stage.run(100)
    assert stage.lead == "kucoin"
    assert "binance" in stage.connected()


def test_wrong_clock_of_one_venue_is_its_own(stage: Stage) -> None:
    """V-14 E27: more than 5 s off while the others are right."""
    stage.tell(Skewed({"binance": 3600.0, "kucoin": 0.1, "bybit": -0.1}))
    assert stage.lead == "kucoin"
    assert stage.of(Lead)[0].reason == "circuit: its clock is 3599.9 s ahead of ours"


def test_clock_that_is_wrong_against_all_is_ours(stage: Stage) -> None:
    """W10 E27: nobody is left when all of them seem to be an hour off."""
    stage.tell(Skewed({"binance": 3600.7, "kucoin": 3600.6, "bybit": 3600.5}))
    stage.run(5)
    assert stage.of(Lead) == []


def test_standbys_are_back_soon_after_a_blackout(stage: Stage) -> None:
    """E32 V-14: what failed while nobody delivered is not held against the venues."""
    for venue in stage.venues.values():
        venue.is_up = False
    stage.run(600)
    stage.venues["okx"].is_up = True
    stage.run(30)
    assert stage.lead == "okx"
    for venue in stage.venues.values():
        venue.is_up = True
    stage.run(60)
    assert len(stage.connected()) >= 3
