"""What each web process knows of the system: looked at beside the requests, so that no page waits for what hangs."""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from dashboard.accounts.look import AccountLook, AccountsEye
from dashboard.system.eye import Eye, Seen
from dashboard.system.system import Spool, System
from dashboard.system.trend import Trend
from dashboard.system.uptime import UptimeEye
from feeds.clock import Clock, SystemClock
from feeds.market.uptime import Uptime
from feeds.queries import DatabaseLook, database_look
from feeds.storage.counts import merged
from feeds.storage.look import ServerEye, ServerLook
from feeds.storage.market_look import Market, MarketLook
from feeds.storage.servers import addresses

T = TypeVar("T")

# The first to ask waits for the first look: a little longer than it takes to find that a server hangs.
FIRST_LOOK_S: Final = 0.7
STOP_WITHIN_S: Final = 5.0


class _Eyes:
    """One for each part of the system; all of them look at once."""

    def __init__(self, clock: Clock) -> None:
        self._clients = {name: ServerEye(url) for name, url in addresses().items()}
        self.servers: dict[str, Eye[ServerLook]] = {
            name: Eye(f"redis {name}", partial(self._look_at, client), clock) for name, client in self._clients.items()
        }
        self.database: Eye[DatabaseLook] = Eye("the database", partial(_with_database, database_look), clock)
        self._accounts = AccountsEye(clock)
        self.accounts: Eye[tuple[AccountLook, ...]] = Eye(
            "the accounts", partial(_with_database, self._accounts.look), clock
        )
        self.spool: Eye[Spool] = Eye("the spool", _SpoolEye(clock).look, clock)
        self._uptime = UptimeEye(clock)
        self.uptime: Eye[Mapping[str, Uptime]] = Eye("the uptime", partial(_with_database, self._look_back), clock)
        self._clock = clock
        self.since_at = clock.now()
        self._market, self._trend = Market(), Trend()
        self.market: Eye[MarketLook] = Eye("the market", self._join, clock)
        self.trend: Eye[Trend] = Eye("the counts", self._count, clock)
        for eye in self.all():
            eye.start()

    def all(self) -> list[Eye[Any]]:
        return [*self.servers.values(), self.database, self.accounts, self.spool, self.market, self.uptime, self.trend]

    def stop(self) -> None:
        for eye in self.all():
            eye.stop(STOP_WITHIN_S)
        for client in self._clients.values():
            client.close()
        self._accounts.close()

    def _look_at(self, client: ServerEye) -> ServerLook:
        return client.look(self._known().followed)

    def _look_back(self) -> Mapping[str, Uptime]:
        return self._uptime.look(self._known().feeds)

    def _join(self) -> MarketLook:
        now = self._clock.now()
        looks = [seen.value for seen in self._seen() if seen.is_well(now)]
        return self._market.look(self._known().followed, [look.market for look in looks if look and look.market])

    def _count(self) -> Trend:
        """Of servers that are down what they told last: counts do not fall while one of them is away."""
        if told := [seen.value.counts for seen in self._seen() if seen.value]:
            self._trend = self._trend.noted(merged(told), self._clock.now())
        return self._trend

    def _known(self) -> DatabaseLook:
        """What the database said last; nothing before its first word, for which nobody waits here."""
        seen = self.database.seen(until=0)
        return (seen and seen.value) or DatabaseLook((), {}, {}, 0, (), None)

    def _seen(self) -> list[Seen[ServerLook]]:
        """Of each server that was looked at."""
        seen = (eye.seen(self._clock.monotonic() + FIRST_LOOK_S) for eye in self.servers.values())
        return [each for each in seen if each]


class Watch:
    """Begins with the first question and goes on for as long as the process lives, or until `stop`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._eyes: _Eyes | None = None
        self._began_at = clock.now()

    def system(self, patience_s: float = FIRST_LOOK_S) -> System:
        """What was seen last. Waits for nothing but the very first look, and so long at most."""
        with self._lock:
            self._eyes = eyes = self._eyes or _Eyes(self._clock)
        until = self._clock.monotonic() + patience_s
        servers = {name: eye.seen(until) for name, eye in eyes.servers.items()}
        database, accounts = eyes.database.seen(until), eyes.accounts.seen(until)
        trend = eyes.trend.seen(until)
        return System(
            now=self._clock.now(),
            servers=servers,
            database=database,
            spool=_spool(eyes.spool.seen(until)),
            accounts=accounts,
            market=eyes.market.seen(until),
            uptime=eyes.uptime.seen(until),
            trend=(trend and trend.value) or Trend(),
            began_at=self._began_at,
            looking_since_at=eyes.since_at,
        )

    def stop(self) -> None:
        """Ends all looking, and forgets what was seen."""
        with self._lock:
            eyes, self._eyes = self._eyes, None
        if eyes:
            eyes.stop()


def _with_database(look: Callable[[], T]) -> T:
    """With a connection of its own each time: one that broke is not asked again, and busy pages, which share a pool,
    are no outage of the database."""
    own = connections.create_connection(DEFAULT_DB_ALIAS)
    options = {name: value for name, value in own.settings_dict["OPTIONS"].items() if name != "pool"}
    own.settings_dict = {**own.settings_dict, "OPTIONS": options}
    # Of this thread only.
    connections[DEFAULT_DB_ALIAS] = own
    try:
        return look()
    finally:
        own.close()


class _SpoolEye:
    """Looks at the files in which the log waits while no Redis server takes it, and knows since when they do."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since_at: datetime | None = None

    def look(self) -> Spool:
        size = sum(_sizes(settings.SPOOL_DIR))
        self._since_at = (self._since_at or self._clock.now()) if size else None
        disk = shutil.disk_usage(settings.OMEGA_DATA_DIR)
        return Spool(size, self._since_at, disk_free=disk.free, disk_total=disk.total)


def _sizes(folder: Path) -> Iterator[int]:
    """Of its files. There is no folder before the first file, and a file goes once it is read."""
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            with suppress(FileNotFoundError):
                yield path.stat().st_size if path.suffix == ".spool" else 0


def _spool(seen: Seen[Spool] | None) -> Spool:
    if seen is None:
        return Spool(0)
    known = seen.value or Spool(0)
    return replace(known, error=seen.last_error) if seen.error else known


# One per web process.
WATCH: Final = Watch(SystemClock())
