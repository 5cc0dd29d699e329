"""What the words of positions and orders are called, in the reader's language. Pure."""

from typing import Final

from django.utils.translation import gettext, gettext_noop, pgettext

# A word that stands for itself is in here too, so that it is translated.
_NAMES: Final = {
    "crossed": gettext_noop("crossed"),
    "isolated": gettext_noop("isolated"),
    "one_way": gettext_noop("one way"),
    "hedge": gettext_noop("hedge"),
    "buy": gettext_noop("buy"),
    "sell": gettext_noop("sell"),
    "limit": gettext_noop("limit"),
    "market": gettext_noop("market"),
    "trigger": gettext_noop("trigger"),
    "trailing": gettext_noop("trailing"),
    "bracket": gettext_noop("bracket"),
    "other": gettext_noop("other"),
    "take_profit": gettext_noop("take-profit"),
    "stop_loss": gettext_noop("stop-loss"),
    "position_take_profit": gettext_noop("take-profit of the position"),
    "position_stop_loss": gettext_noop("stop-loss of the position"),
    "live": gettext_noop("live"),
    "executing": gettext_noop("executing"),
    "partially_filled": gettext_noop("partially filled"),
    "filled": gettext_noop("filled"),
    "cancelled": gettext_noop("cancelled"),
    "executed": gettext_noop("executed"),
    "failed": gettext_noop("failed"),
    "gone": gettext_noop("gone"),
    "calm": gettext_noop("calm"),
    "watch": gettext_noop("watch"),
    "danger": gettext_noop("danger"),
    "breached": gettext_noop("breached"),
    "opened": gettext_noop("opened"),
    "increased": gettext_noop("increased"),
    "reduced": gettext_noop("reduced"),
    "closed": gettext_noop("closed"),
    "stream": gettext_noop("stream"),
    "classic": gettext_noop("classic"),
    "unified": gettext_noop("unified"),
}


def word(code: str) -> str:
    """A word of the venue that we do not know is told as it came."""
    if code in ("open", "close"):
        return pgettext("what an order does", "open") if code == "open" else pgettext("what an order does", "close")
    name = _NAMES.get(code)
    return gettext(name) if name else code.replace("_", " ")
