"""The three conditions of an account's line that people know (M-10), and what each means. Pure."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from positions.latest import PositionsState

CONNECTED, RECONNECTING, ERROR = "connected", "reconnecting", "error"
# Of an account that no worker tells of, and of one that is switched off: nothing of it is live, and nothing is missed.
UNKNOWN, OFF = "unknown", "off"
TITLES: Final = {
    CONNECTED: gettext_noop("Connected"),
    RECONNECTING: gettext_noop("Reconnecting"),
    ERROR: gettext_noop("Error"),
}
# What the line does where the worker says no more, by its state.
_DEEDS: Final = {
    "disconnected": gettext_noop("The line to BitGet is down."),
    "connecting": gettext_noop("The line to BitGet is being opened."),
    "authenticating": gettext_noop("BitGet is asked to accept the key."),
    "subscribing": gettext_noop("BitGet took the key; the channels are being asked for."),
    "reconnecting": gettext_noop("The line was lost; what is shown is the last that was known."),
    "error": gettext_noop("The account cannot be followed until somebody looks after it."),
}


def condition(state: str) -> str:
    """Whatever leads to a line that is up is one to people."""
    return state if state in (CONNECTED, ERROR, UNKNOWN, OFF) else RECONNECTING


def meaning(of: str, held: PositionsState | None) -> str:
    """What a condition means, in the words of the brief; "" where it is in doubt. `held` are the positions."""
    match of:
        case "connected" if _is_in_step(held):
            return _("All channels are subscribed, data flows, and the PnL is in step with BitGet.")
        case "connected":
            return _("All channels are subscribed and data flows; whether the PnL is in step with BitGet is not known.")
        case "reconnecting":
            return _("The line is down for now: it reconnects by itself, and the last data is kept.")
        case "error":
            return _("BitGet refuses the key, or the line is disrupted.")
    return ""


def deed(state: str) -> str:
    """What the line does in this state; "" where its condition says all."""
    return _(_DEEDS[state]) if state in _DEEDS else ""


def _is_in_step(held: PositionsState | None) -> bool:
    """REST said the same not long ago, and nothing is old."""
    return held is not None and held.stale_since_at is None and bool(held.check.is_equal)
