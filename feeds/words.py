"""What states of venues and of their circuits are called, in the reader's language. Pure."""

from typing import Final

from django.utils.translation import gettext, gettext_noop

_STATES: Final = {
    "idle": gettext_noop("Waiting"),
    "connecting": gettext_noop("Connecting"),
    "connected": gettext_noop("Connected"),
    "disconnected": gettext_noop("Disconnected"),
    "blocked": gettext_noop("Blocked"),
    "disabled": gettext_noop("Disabled"),
    "unknown": gettext_noop("Unknown"),
    # Of the line of an account, too.
    "authenticating": gettext_noop("Logging in"),
    "subscribing": gettext_noop("Subscribing"),
    "reconnecting": gettext_noop("Reconnecting"),
    "error": gettext_noop("Error"),
}
_CIRCUITS: Final = {
    "closed": gettext_noop("closed"),
    "open": gettext_noop("open"),
    "half-open": gettext_noop("half-open"),
}


def state(code: str) -> str:
    """One that we do not know is told as it is."""
    return _told(_STATES, code)


def circuit(code: str) -> str:
    return _told(_CIRCUITS, code)


def _told(names: dict[str, str], code: str) -> str:
    return gettext(names[code]) if code in names else code
