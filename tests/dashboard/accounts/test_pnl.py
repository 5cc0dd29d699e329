"""The PnL of the last hour, as it is drawn and said."""

from datetime import timedelta
from decimal import Decimal

from msgspec import structs

from dashboard.accounts.parts import PnlTrack
from dashboard.accounts.pnl import EVERY, SHOWN, PnlHistory
from positions.latest import PositionsState
from positions.queries.stored import PnlView
from tests.dashboard.accounts.samples import LONG, NOON, positions_state

MINUTE = timedelta(minutes=1)


def holding(pnl: str | None) -> PositionsState:
    line = structs.replace(LONG, pnl=None if pnl is None else Decimal(pnl), margin_coin="USDT")
    return positions_state(1, line)


def test_what_was_stored_goes_over_into_what_is_told() -> None:
    """M-15: one line over the hour, with its range in words; zero is in the picture."""
    history = PnlHistory()
    history.remember([PnlView("USDT", Decimal(-10), NOON - 30 * MINUTE)], NOON - 30 * MINUTE)
    history.take(holding("30"), NOON - 27 * MINUTE)
    history.take(holding("10"), NOON)
    text = "+10.00 USDT, between -10.00 and +30.00 in the last 30 min"
    assert history.tracks == [PnlTrack("USDT", "gain", text, "M120.0 40h0L132.0 0M240.0 20h0", "M0 30H240")]


def test_the_line_is_broken_where_nothing_was_known() -> None:
    """D: a line over a gap would say what nobody knew."""
    history = PnlHistory()
    for minutes in (0, 1, 6, 7):
        history.take(holding("5"), NOON + minutes * MINUTE)
    assert history.tracks[0].line.count("M") == 2


def test_of_many_changes_one_is_kept_now_and_then_and_the_oldest_go() -> None:
    """M-15: bounded, however fast the price moves and however long the page is open."""
    history = PnlHistory()
    for second in range(2 * int(SHOWN.total_seconds())):
        history.take(holding(str(second)), NOON + timedelta(seconds=second))
    assert history.tracks[0].line.count("L") == SHOWN // EVERY


def test_a_closed_position_leaves_zero_and_an_unknown_pnl_nothing() -> None:
    """B-09: what is not known is no zero."""
    history = PnlHistory()
    for place, state in enumerate([holding("8"), holding(None), positions_state(1)]):
        history.take(state, NOON + place * MINUTE)
    assert history.tracks[0].text == "0.00 USDT, between 0.00 and +8.00 in the last 2 min"


def test_an_account_that_was_flat_all_the_time_has_no_line() -> None:
    """M-05: a flat line says nothing that NEUTRAL does not."""
    history = PnlHistory()
    for minutes in range(3):
        history.take(positions_state(1), NOON + minutes * MINUTE)
    assert history.tracks == []
