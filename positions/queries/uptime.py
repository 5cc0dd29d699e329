"""How the lines of accounts did over the last hour, day and month."""

from collections.abc import Collection
from datetime import datetime

from feeds.market.uptime import Uptime
from feeds.storage.uptime import uptime


def uptime_subject(account: int) -> str:
    """What the minutes of its line are written under."""
    return f"account:{account}"


def account_uptimes(accounts: Collection[int], now: datetime) -> dict[int, Uptime]:
    """Those that were ever watched. Blocking."""
    subjects = {uptime_subject(account): account for account in accounts}
    return {subjects[subject]: seen for subject, seen in uptime(subjects, now).items()}
