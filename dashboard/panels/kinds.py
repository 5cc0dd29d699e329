"""The kinds of panels that a page can show."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class About(StrEnum):
    """What a panel has to be told of to show anything."""

    SITE = "site"
    FEED = "feed"
    INSTRUMENT = "instrument"
    ACCOUNT = "account"


class Size(StrEnum):
    """How wide a panel is on a large screen: 3, 4, 6 or 12 of 12 columns."""

    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


@dataclass(frozen=True)
class Kind:
    """`code` is also the name of its template, its script and its stylesheet."""

    code: str
    title: str | Promise
    about: About
    size: Size
    is_for_staff: bool = False

    @property
    def template(self) -> str:
        return f"dashboard/panels/{self.code}.html"

    @property
    def stylesheet(self) -> str:
        return f"dashboard/panels/{self.code}.css"


_ALL: Final = (
    Kind("price", _("Price"), About.INSTRUMENT, Size.L),
    Kind("chart", _("Candles"), About.INSTRUMENT, Size.XL),
    Kind("tape", _("Trades"), About.INSTRUMENT, Size.M),
    Kind("flow", _("Volume flow"), About.INSTRUMENT, Size.L),
    Kind("traps", _("Traps"), About.INSTRUMENT, Size.L),
    Kind("venues", _("Venues"), About.FEED, Size.L),
    Kind("connection", _("Connection"), About.FEED, Size.L),
    Kind("uptime", _("Uptime"), About.FEED, Size.M),
    Kind("latency", _("Latency"), About.FEED, Size.M),
    Kind("position", _("Position"), About.ACCOUNT, Size.XL),
    Kind("orders", _("Open orders"), About.ACCOUNT, Size.L),
    Kind("balances", _("Balances"), About.ACCOUNT, Size.M),
    Kind("changes", _("Last changes"), About.ACCOUNT, Size.M),
    Kind("redis", _("Redis"), About.SITE, Size.L),
    Kind("coverage", _("Coverage"), About.FEED, Size.XL),
    Kind("log", _("Warnings and errors"), About.SITE, Size.XL, is_for_staff=True),
)
KINDS: Final = {kind.code: kind for kind in _ALL}
