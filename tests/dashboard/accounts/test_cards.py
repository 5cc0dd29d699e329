"""Positions and orders as texts."""

from decimal import Decimal

import pytest
from msgspec import structs

from dashboard.accounts import cards
from dashboard.accounts.parts import Figure
from positions.latest import Check, OrderLine, PnlCheck
from tests.dashboard.accounts.samples import LONG, NOON, ORDERS, SHORT


def test_a_side_is_told_by_arrow_and_capitals() -> None:
    """B-10: never by its colour alone."""
    assert [(card.arrow, card.side_text) for card in map(cards.position, (LONG, SHORT))] == [
        ("▲", "LONG"),
        ("▼", "SHORT"),
    ]


def test_both_percentages_stand_side_by_side() -> None:
    """B-17: on notional with the sum, on margin on its own."""
    card = cards.position(LONG)
    assert (card.pnl, card.roe) == (Figure("+34.70 USDT (+0.36%)", "34.695 USDT"), "+3.61%")


def test_a_liquidation_price_that_the_venue_does_not_tell_is_not_made_up() -> None:
    """V-18: not provided, without a distance."""
    unknown = structs.replace(LONG, liquidation_price=None, liquidation_percent=None, liquidation_atr=None, risk="")
    card = cards.position(unknown)
    assert (card.liquidation, card.liquidation_away, card.risk) == (Figure("not provided"), "", "")


def test_targets_are_told_with_their_distance_and_what_failed() -> None:
    """M-17: a stop that was passed without acting says so."""
    told = [(each.target, each.at, each.away, each.state) for each in cards.position(LONG).targets]
    assert told == [
        ("TP", "at 66,000.00", "2.75% away", ""),
        ("SL", "0.05 at 64,500.00", "", "breached"),
        ("SL", "at 62,000.00", "3.47% away", ""),
    ]


def test_a_target_that_nobody_knows_yet_has_no_age() -> None:
    """M-17: that none is found may be old too; that the orders were not read is so now."""
    cases = [(LONG, True), (LONG, False), (SHORT, True), (SHORT, False)]
    ages = [cards.position(line, is_known, NOON).targets_stale_since_at for line, is_known in cases]
    assert ages == [NOON, NOON, NOON, None]


def test_an_order_says_what_it_does_to_which_side() -> None:
    """In hedge mode the venue's side is the position's, so `buy` alone would mislead."""
    limit, stop = map(cards.order, ORDERS)
    assert (limit.direction, limit.at, limit.amount, limit.status) == (
        *("open long", "63,500.00", "0.05 of 0.2"),
        "partially filled",
    )
    assert (stop.kind, stop.direction, stop.at, stop.amount) == (
        *("stop-loss of the position", "close long"),
        *("trigger 62,000.00", "all"),
    )


def test_an_order_without_a_price_is_at_market() -> None:
    """BitGet tells a price of 0 for some of them."""
    order = OrderLine(order_id="1", symbol="BTCUSDT", kind="market", status="live", side="sell", price=Decimal(0))
    assert (cards.order(order).at, cards.order(order).direction) == ("market", "sell")


def test_what_an_order_does_not_tell_is_a_dash() -> None:
    """B9: neither the market nor the whole position is made up where nobody told a price or a size."""
    row = cards.order(OrderLine(order_id="1", symbol="BTCUSDT", kind="limit", status="live"))
    assert (row.at, row.amount) == ("–", "–")


@pytest.mark.parametrize(
    ("check", "text", "tone"),
    [
        (Check(), "not compared with REST yet", ""),
        (Check(is_equal=True), "stream = REST", "good"),
        (Check(is_equal=False), "REST is being compared again", ""),
        (Check(is_equal=False, drifts=1), "stream ≠ REST: 1 difference", "bad"),
        (Check(is_equal=False, drifts=2), "stream ≠ REST: 2 differences", "bad"),
    ],
)
def test_the_meter_says_whether_stream_and_rest_agree(check: Check, text: str, tone: str) -> None:
    """B-25: or that nobody has compared them, or not twice yet where they seem to differ."""
    meter = cards.meter(check)
    assert (meter.text, meter.tone) == (text, tone)


@pytest.mark.parametrize(("venues", "apart", "verdict"), [("34.699", "0.00", "equal"), ("33.1", "+1.60", "apart")])
def test_our_pnl_is_held_against_the_venues(venues: str, apart: str, verdict: str) -> None:
    """B-26: at the venue's own mark price, wherever the newest one is."""
    check = PnlCheck(ours=Decimal("34.7"), venues=Decimal(venues))
    row = cards.pnl_check(structs.replace(LONG, pnl=Decimal(9999), pnl_check=check))
    assert (row.position, row.apart, row.verdict) == ("BTCUSDT LONG", apart, verdict)


def test_without_the_venues_pnl_nothing_is_compared() -> None:
    """Missing is not zero."""
    assert cards.pnl_check(SHORT).verdict == "not provided"
