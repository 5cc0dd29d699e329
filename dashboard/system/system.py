"""The running system as one value, and how well it is. Pure: what was seen goes in, judgements come out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from dashboard.accounts.look import AccountLook
from dashboard.system.eye import Seen
from dashboard.system.trend import Trend
from feeds.market.uptime import Uptime
from feeds.queries import DatabaseLook
from feeds.storage.health import Failure
from feeds.storage.look import ServerLook
from feeds.storage.market_look import MarketLook
from feeds.storage.servers import FAILOVER, PRIMARY
from feeds.storage.status import PairStatus, SyncStatus

HEALTHY, DEGRADED, UNHEALTHY = "healthy", "degraded", "unhealthy"
# The drain takes what is there some fifty times a second. What waits for longer than this, waits for something.
DELAYED_AFTER_S: Final = 10.0
# What an account holds is told at once, and prices come all the time. What is older, something keeps back.
STALE_AFTER: Final = timedelta(seconds=15)
# As pages call a price stale.
LATE_AFTER: Final = timedelta(seconds=5)
NO_ANSWER: Final = "no_answer"


@dataclass(frozen=True)
class Spool:
    """How many bytes of the log wait in files on this machine, and since when some do; `error` is why nobody knows.

    `disk_free` and `disk_total` are bytes of the disk that the files would be on.
    """

    size: int
    since_at: datetime | None = None
    error: str = ""
    disk_free: int | None = None
    disk_total: int | None = None


@dataclass(frozen=True)
class System:
    """What was seen last of every part. `servers` are by name, the primary first; None was never looked at."""

    now: datetime
    servers: Mapping[str, Seen[ServerLook] | None]
    database: Seen[DatabaseLook] | None
    spool: Spool
    accounts: Seen[tuple[AccountLook, ...]] | None = None
    market: Seen[MarketLook] | None = None
    uptime: Seen[Mapping[str, Uptime]] | None = None
    trend: Trend = Trend()
    # When this process began, and when it began to look.
    began_at: datetime | None = None
    looking_since_at: datetime | None = None

    def is_up(self, server: str) -> bool:
        seen = self.servers.get(server)
        return seen is not None and seen.is_well(self.now)

    @property
    def has_redis(self) -> bool:
        """Whether any server answers."""
        return any(self.is_up(name) for name in self.servers)

    @property
    def is_redis_away(self) -> bool:
        """Whether it is known that no server answers: every one was looked at."""
        return not self.has_redis and None not in self.servers.values()

    @property
    def active(self) -> str:
        """The server that the log goes to, as a worker says, or else as it seems from here; "" while none answers."""
        if (pair := self.pair) and self.is_up(pair.active):
            return pair.active
        return next((name for name in self.servers if self.is_up(name)), "")

    @property
    def pair(self) -> PairStatus | None:
        """How a worker sees the servers, by what it said last, on either of them; None while none says so."""
        told = [look.pair for look in self._looks() if look.pair]
        return max(told, key=lambda each: each.at).status if told else None

    def reason(self, server: str) -> str:
        """Why a server is not well, in one word, here or for the workers; "" where it is."""
        told = self.pair.servers.get(server) if self.pair else None
        return _seen_here(self.servers[server], self.now) or (told.reason if told else "")

    @property
    def syncs(self) -> dict[str, SyncStatus]:
        """The last copy of newest state to each server that came back, by its name."""
        told = (sync for look in self._looks() for sync in look.syncs)
        return {sync.server: sync for sync in sorted(told, key=lambda sync: sync.started_at)}

    @property
    def has_database(self) -> bool:
        return self.database is not None and self.database.is_well(self.now)

    @property
    def known(self) -> DatabaseLook | None:
        """What the database said last, even if that was a while ago."""
        return self.database.value if self.database else None

    @property
    def stored(self) -> DatabaseLook | None:
        """What the database says now; None while it does not answer."""
        return self.known if self.has_database else None

    @property
    def unheld(self) -> list[str]:
        """Feeds that no worker runs; nobody knows of any while the database is away."""
        stored = self.stored
        return [feed for feed in stored.feeds if f"feed:{feed}" not in stored.holders] if stored else []

    def without_price(self, after: timedelta) -> list[str]:
        """Feeds that a worker runs and whose newest price is older, or not known; nobody knows of any while no server
        answers.
        """
        if not self.has_redis:
            return []
        newest: dict[str, datetime] = {}
        for price in self.shown.prices.values() if self.shown else ():
            newest[price.feed] = max(price.seen_at, newest.get(price.feed, price.seen_at))
        old = {feed for feed, at in newest.items() if self.now - at > after}
        priceless = self._followed - newest.keys() if self._has_looked_for_long else set()
        return sorted((old | priceless) - {*self.unheld})

    @property
    def _followed(self) -> set[str]:
        """Feeds that have instruments, so that prices are due."""
        return {feed for feed, _ in self.stored.followed} if self.stored else set()

    @property
    def _has_looked_for_long(self) -> bool:
        """A process that just began knows no prices yet; later there are none: Redis forgets them after a minute."""
        return self.looking_since_at is not None and self.now - self.looking_since_at > STALE_AFTER

    @property
    def has_no_live_price(self) -> bool:
        """Whether each feed from which prices are due is old or run by nobody."""
        return bool(self._followed) and self._followed <= {*self.without_price(STALE_AFTER), *self.unheld}

    @property
    def shown(self) -> MarketLook | None:
        """What the feeds told last, even if that was a while ago."""
        return self.market.value if self.market else None

    @property
    def followed(self) -> tuple[AccountLook, ...]:
        """The accounts that were switched on when they were looked at last."""
        return (self.accounts and self.accounts.value) or ()

    def standing(self, account: AccountLook) -> str:
        """How an account does, in one word of the manual's; nobody knows while the database is away."""
        if self.stored is None or self.accounts is None or not self.accounts.is_well(self.now):
            return "unknown"
        if f"account:{account.id}" not in self.stored.holders:
            return "free"
        if account.line is None:
            return "unknown"
        if account.line.state == "error":
            return "error"
        if account.sure_at and self.now - account.sure_at > STALE_AFTER:
            return "stale"
        return "live" if account.line.state == "connected" else "opening"

    @property
    def delayed_since_at(self) -> datetime | None:
        """Since when trades have come that are not in the database, for longer than usual; None where none have."""
        begun = [look.oldest_at for look in self._looks() if look.oldest_s > DELAYED_AFTER_S]
        return min((at for at in (*begun, self.spool.since_at) if at), default=None)

    def _looks(self) -> list[ServerLook]:
        """What the servers say that answer now."""
        return [seen.value for seen in self.servers.values() if seen and seen.value and seen.is_well(self.now)]


def _seen_here(seen: Seen[ServerLook] | None, now: datetime) -> str:
    """Why a server is not well, as far as this process sees it."""
    if seen is None or seen.is_late(now):
        return NO_ANSWER
    if seen.error is not None:
        return str(getattr(seen.error, "reason", Failure.ERROR))
    return seen.value.problem if seen.value else ""


_FLAWS: Final = {
    "free": noop("no worker follows it"),
    "error": noop("its line is in error"),
    "stale": noop("what it holds has been stale for more than 15 s"),
}


def judge(system: System, labels: Mapping[int, str] | None = None) -> tuple[str, list[str]]:
    """How well the system is, and why it is not better, worst first.

    An account is named by its number, but for those of `labels`, which the reader may see.
    """
    worst = [] if system.has_redis else [_("redis: no server answers, so prices stand still")]
    if system.stored and system.unheld and len(system.unheld) == len(system.stored.feeds):
        worst.append(_("feeds: no worker runs any of them"))
    elif system.has_no_live_price:
        worst.append(_("prices: none is newer than 15 s"))
    flaws = [f"redis {name}: {why}" for name in system.servers if (why := system.reason(name))]
    # As long as pages say that the second one has taken over.
    if system.active == FAILOVER and not system.reason(PRIMARY):
        flaws.append(_("redis: the log goes to the failover server"))
    if not system.has_database:
        flaws.append(_("database: it does not answer; trades wait in the log"))
    if system.spool.error:
        flaws.append(_("spool: its files cannot be read"))
    flaws += [_("feed %(feed)s: no worker runs it") % {"feed": name} for name in system.unheld]
    flaws += [_("feed %(feed)s: no venue delivers") % {"feed": name} for name in system.without_price(LATE_AFTER)]
    standings = ((account.id, system.standing(account)) for account in system.followed)
    names = labels or {}
    flaws += [_account_flaw(names.get(pk, str(pk)), standing) for pk, standing in standings if standing in _FLAWS]
    if system.delayed_since_at:
        flaws.append(_("history: trades wait to be stored"))
    return UNHEALTHY if worst else DEGRADED if flaws else HEALTHY, worst + flaws


def _account_flaw(account: str, standing: str) -> str:
    return _("account %(account)s: %(why)s") % {"account": account, "why": _(_FLAWS[standing])}
