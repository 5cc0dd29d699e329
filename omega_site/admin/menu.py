"""The admin's menu, grouped for people: what they set up first, what workers write last, and the way back."""

from typing import Any, Final, NamedTuple

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ICONS: Final = {
    "feeds.Venue": "account_balance",
    "feeds.Feed": "rss_feed",
    "feeds.Instrument": "candlestick_chart",
    "feeds.Listing": "list_alt",
    "positions.Account": "key",
    "positions.Position": "monitoring",
    "positions.Order": "receipt_long",
    "positions.BalanceSnapshot": "account_balance_wallet",
    "dashboard.Dashboard": "dashboard",
    "auth.User": "person",
    "auth.Group": "group",
    "dashboard.ApiToken": "vpn_key",
    "dashboard.LiveClient": "sensors",
    "feeds.Trade": "swap_horiz",
    "feeds.Candle": "bar_chart",
    "feeds.Gap": "search_off",
    "feeds.Backfill": "history",
    "feeds.FailoverEvent": "alt_route",
    "feeds.Alert": "warning",
    "positions.Fill": "done_all",
    "positions.PositionChange": "trending_up",
    "positions.Drift": "difference",
    "positions.StreamEvent": "bolt",
}
PLAIN_ICON: Final = "table_rows"


class Group(NamedTuple):
    """`labels` in the order in which they stand. One without labels takes what is left of its `apps`."""

    title: Promise
    labels: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()


# The first group that wants a model has it.
GROUPS: Final = (
    Group(gettext_lazy("Market"), ("feeds.Venue", "feeds.Feed", "feeds.Instrument", "feeds.Listing")),
    Group(
        gettext_lazy("Accounts"),
        ("positions.Account", "positions.Position", "positions.Order", "positions.BalanceSnapshot"),
    ),
    Group(gettext_lazy("Dashboards"), apps=("dashboard",)),
    Group(
        gettext_lazy("People"),
        ("auth.User", "auth.Group", "dashboard.ApiToken", "dashboard.LiveClient"),
        ("auth", "account", "mfa", "usersessions"),
    ),
    Group(
        gettext_lazy("History"),
        ("feeds.FailoverEvent", "feeds.Alert", "feeds.Gap", "feeds.Backfill", "feeds.Trade", "feeds.Candle"),
        ("positions",),
    ),
)
REST: Final = gettext_lazy("System")


def groups(request: HttpRequest) -> list[dict[str, Any]]:
    """Only what the user may see; the theme leaves out a group without entries."""
    left = {
        entry["model"]._meta.label: entry
        for app in admin.site.get_app_list(request)
        for entry in app["models"]
        if entry["admin_url"]
    }
    named = {label for group in GROUPS for label in group.labels}
    found = [_back()]
    for group in GROUPS:
        others = [label for label in left if label.split(".")[0] in group.apps and label not in named]
        labels = [label for label in (*group.labels, *others) if label in left]
        found.append(_group(group.title, [_entry(request, label, left.pop(label)) for label in labels]))
    return [*found, _group(REST, [_entry(request, label, entry) for label, entry in left.items()])]


def _back() -> dict[str, Any]:
    pages = (
        (_("Prices"), "dashboard", "show_chart"),
        (_("Live positions"), "positions", "stacked_line_chart"),
        (_("System"), "system", "monitor_heart"),
    )
    return _group(
        gettext_lazy("OMEGA"),
        [{"title": title, "link": reverse(name), "icon": icon, "active": False} for title, name, icon in pages],
    )


def _group(title: Promise, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": str(title), "separator": True, "items": items}


def _entry(request: HttpRequest, label: str, entry: dict[str, Any]) -> dict[str, Any]:
    link = entry["admin_url"]
    is_active = request.path.startswith(link)
    return {"title": entry["name"], "link": link, "icon": ICONS.get(label, PLAIN_ICON), "active": is_active}
