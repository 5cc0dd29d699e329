"""The pages that are there before anybody made one."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from dashboard.panels.placed import Placed, row

OVERVIEW: Final = row(
    "price", "tape:L", "chart", "flow:XL", "venues:XL", "connection", "redis", "uptime:L", "latency:L"
)
INSTRUMENT: Final = row("price", "tape:L", "chart", "flow:XL")
SYSTEM: Final = row("venues:XL", "connection", "redis", "uptime:L", "latency:L", "coverage", "log")
_ACCOUNT: Final = row("position", "orders:M", "balances", "changes")


def of_accounts(accounts: Iterable[int]) -> list[Placed]:
    """The same panels for each; without an account those that say what to do."""
    panels = [replace(each, account=account) for account in accounts for each in _ACCOUNT] or _ACCOUNT[:1]
    return [replace(each, number=number) for number, each in enumerate(panels, 1)]
