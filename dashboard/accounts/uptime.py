"""Uptime of the accounts that somebody looks at, for people; read beside the loop: it takes a while."""

from collections.abc import Collection
from datetime import datetime

from dashboard.accounts.messages import AccountUptime
from dashboard.feed.uptime import READ_EVERY_S, uptime_line
from dashboard.reading import Reading
from feeds.clock import Clock
from positions.queries.uptime import account_uptimes


class AccountUptimeReader:
    """Begins a reading every 30 s, and at once for other accounts, and hands out what came of it."""

    def __init__(self, clock: Clock) -> None:
        self.known: list[AccountUptime] = []
        self._clock = clock
        self._accounts: frozenset[int] = frozenset()
        self._due_at = 0.0
        self._reading: Reading[list[AccountUptime]] = Reading("uptime of accounts")

    def news(self, accounts: frozenset[int]) -> list[AccountUptime]:
        """What was read since the last time."""
        now = self._clock.monotonic()
        if accounts and not self._reading.is_begun and (accounts != self._accounts or now >= self._due_at):
            self._accounts, self._due_at = accounts, now + READ_EVERY_S
            self._reading.begin(read_uptimes, accounts, self._clock.now())
        found = self._reading.take()
        if found is not None:
            self.known = found
        return found or []

    async def close(self) -> None:
        """Waits for what is being read."""
        await self._reading.wait()


def read_uptimes(accounts: Collection[int], now: datetime) -> list[AccountUptime]:
    """Of those that were ever watched. Blocking."""
    found = account_uptimes(accounts, now)
    return [AccountUptime(account=account, line=uptime_line("", seen)) for account, seen in found.items()]
