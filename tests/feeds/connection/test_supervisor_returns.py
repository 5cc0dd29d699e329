"""What a feed decides: when a venue may lead again, and what an admin says."""

import pytest

from feeds.connection.effects import Close, Lead
from tests.feeds.connection.stage import SEVEN, Stage

ETH = "ETH-USDT"


def test_failed_venue_leads_again_after_it_proved_itself(stage: Stage) -> None:
    """F-05: after 300 s of good data without a pause, and not before."""
    stage.cut("binance")
    stage.run(310)
    (left, back) = stage.of(Lead)
    assert (back.former, back.venue, back.reason) == ("kucoin", "binance", "returned: it has had good data for 300 s")
    assert 300 <= stage.times(Lead)[1] <= 303


@pytest.mark.parametrize(("up_s", "most"), [(10, 1), (90, 2), (400, 3)])
def test_flapping_venue_is_not_followed(stage: Stage, up_s: float, most: int) -> None:
    """E31: ten minutes of up and ten seconds of down; fresh at least 99.9 % of the time by the standbys."""
    until = stage.now + 600
    while stage.now < until:
        stage.venues["binance"].is_up = True
        stage.run(up_s)
        stage.venues["binance"].is_up = False
        stage.run(10)
    switches = [lead for lead in stage.of(Lead) if lead.venue]
    assert 1 <= len(switches) <= most
    assert all(lead.venue for lead in stage.of(Lead))


def test_fall_soon_after_the_return_costs_twice_the_hold(stage: Stage) -> None:
    """E31: 300 s the first time, 600 s the next."""
    stage.cut("binance")
    stage.run(305)
    assert stage.lead == "binance"
    stage.cut("binance")
    stage.mark()
    stage.run(700)
    assert 600 <= stage.times(Lead, "binance")[0] <= 604


def test_new_order_is_followed_at_once(stage: Stage) -> None:
    """F-03: the new first is connected, and leads with its first data; what it did before is forgiven."""
    stage.adopt("gateio", *SEVEN[:6])
    stage.run(5)
    assert stage.lead == "gateio"
    assert stage.times(Lead)[-1] <= 1.0


def test_disabled_venue_is_left_politely(stage: Stage) -> None:
    """An admin switches the leading one off: the next one leads at once."""
    stage.adopt(*SEVEN[1:])
    assert stage.lead == "kucoin"
    assert [close.reason for close in stage.of(Close)] == ["switched_off: it is not to be used"]
    assert stage.of(Lead)[0].reason == "switched_off: it is not to be used"
    stage.run(30)
    assert stage.open("binance") == []
