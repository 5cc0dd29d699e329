"""The three conditions of an account's line, in words."""

from datetime import timedelta

import pytest

from dashboard.accounts.conversion import Doubt, account_line
from dashboard.accounts.messages import AccountLine
from positions.connection.condition import LineState
from positions.latest import Check, PositionsState
from tests.dashboard.accounts.samples import LONG, NOON, account_state, positions_state

IN_STEP = "All channels are subscribed, data flows, and the PnL is in step with BitGet."
NOT_CONFIRMED = "All channels are subscribed and data flows; whether the PnL is in step with BitGet is not known."
WAITING = "The line is down for now: it reconnects by itself, and the last data is kept."
BROKEN = "BitGet refuses the key, or the line is disrupted."


def line(state: str, text: str = "", held: PositionsState | None = None) -> AccountLine:
    return account_line(account_state(1, state=state, text=text), held or positions_state(1, LONG), None)


@pytest.mark.parametrize(
    ("state", "condition", "title", "meaning", "deed"),
    [
        ("connected", "connected", "Connected", IN_STEP, ""),
        ("disconnected", "reconnecting", "Reconnecting", WAITING, "The line to BitGet is down."),
        ("connecting", "reconnecting", "Reconnecting", WAITING, "The line to BitGet is being opened."),
        ("authenticating", "reconnecting", "Reconnecting", WAITING, "BitGet is asked to accept the key."),
        (
            *("subscribing", "reconnecting", "Reconnecting", WAITING),
            "BitGet took the key; the channels are being asked for.",
        ),
        (
            *("reconnecting", "reconnecting", "Reconnecting", WAITING),
            "The line was lost; what is shown is the last that was known.",
        ),
        ("error", "error", "Error", BROKEN, "The account cannot be followed until somebody looks after it."),
    ],
)
def test_every_state_of_the_line_is_one_of_three_conditions(
    state: str, condition: str, title: str, meaning: str, deed: str
) -> None:
    """M-10: with what it means, and what the line does."""
    told = line(state)
    assert (told.state, told.condition, told.title) == (state, condition, title)
    assert (told.meaning, told.text) == (meaning, deed)


def test_no_state_of_the_line_is_without_words() -> None:
    """M-10: what a worker can say is what people are told of."""
    assert {line(state).condition for state in LineState} == {"connected", "reconnecting", "error"}
    assert {bool(line(state).text) for state in LineState if state is not LineState.CONNECTED} == {True}


def test_why_the_line_is_down_is_told_beside_what_that_means() -> None:
    """M-10: refused for a reason."""
    told = line("error", "API key does not exist")
    assert (told.meaning, told.text) == (BROKEN, "API key does not exist")


@pytest.mark.parametrize(
    "held",
    [
        positions_state(1, LONG, check=Check()),
        positions_state(1, LONG, check=Check(checked_at=NOON, is_equal=False, drifts=1)),
        positions_state(1, LONG, stale_since_at=NOON - timedelta(seconds=12)),
    ],
)
def test_what_rest_does_not_confirm_is_not_called_in_step(held: PositionsState) -> None:
    """M-10: not compared yet, different, or not compared lately."""
    assert line("connected", held=held).meaning == NOT_CONFIRMED


def test_what_nobody_tells_of_has_no_condition() -> None:
    """M-10: none of the three is claimed of a line that no worker follows."""
    told = account_line(account_state(1), positions_state(1), Doubt("No worker reports", "It is gone.", NOON))
    assert (told.condition, told.title, told.meaning) == ("unknown", "No worker reports", "")
