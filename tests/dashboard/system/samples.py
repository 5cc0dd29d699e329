"""The system as it may be seen: servers, a database and accounts that are well, but for what a test says of them."""

from datetime import timedelta
from typing import Any

from dashboard.accounts.look import AccountLook
from dashboard.system import operation
from dashboard.system.eye import Seen
from dashboard.system.system import Spool, System
from feeds.queries import DatabaseLook
from feeds.storage.health import Failure
from feeds.storage.look import ServerLook
from feeds.storage.redis import RedisDown
from tests.dashboard.accounts.samples import account_state
from tests.dashboard.samples import NOON

SINCE = NOON - timedelta(minutes=3)


def server(**said: Any) -> Seen[ServerLook]:
    usual = {"latency_ms": 0.4, "role": "master", "policy": "noeviction", "memory": 1, "memory_max": 100}
    return Seen(ServerLook(**{**usual, "waiting": 0, "oldest_s": 0.0, **said}), None, SINCE, NOON)


def away(why: Failure = Failure.FROZEN) -> Seen[ServerLook]:
    return Seen(server().value, RedisDown("no answer", why), SINCE, NOON, failures=1, last_error="no answer")


def database(**said: Any) -> Seen[DatabaseLook]:
    usual = {
        "feeds": ("main",),
        "holders": {"feed:main": "host:1:1"},
        "inboxes": {},
        "dead_letters": 0,
        "alerts": (),
        "oldest_at": NOON,
    }
    known = {**usual, **said}
    followed = tuple((feed, "BTC-USDT") for feed in known["feeds"])
    return Seen(DatabaseLook(**{"followed": followed, **known}), None, SINCE, NOON)


def system(
    primary: Seen[ServerLook] | None,
    failover: Seen[ServerLook] | None,
    stored: Seen[DatabaseLook] | None = None,
    spool: Spool | None = None,
    *accounts: AccountLook,
) -> System:
    servers = {"primary": primary, "failover": failover}
    return System(NOON, servers, stored or database(), spool or Spool(0), Seen(accounts, None, SINCE, NOON))


def following(*accounts: AccountLook) -> System:
    """All is well but for these accounts; a worker has those of even numbers."""
    holders = {"feed:main": "host:1:1", "account:2": "host:1:2", "account:4": "host:1:2"}
    return system(server(), server(), database(holders=holders), None, *accounts)


def groups_of(seen: System) -> dict[str, list[operation.Part]]:
    """To somebody who may see no account."""
    return operation.groups(seen, {})


def account(
    number: int, state: str = "connected", stale_for: float | None = None, text: str = "", silent_for: float = 0.0
) -> AccountLook:
    stale_since_at = None if stale_for is None else NOON - timedelta(seconds=stale_for)
    written_at = NOON - timedelta(seconds=silent_for)
    line = account_state(number, state=state, text=text, since_at=SINCE, written_at=written_at)
    return AccountLook(number, line, stale_since_at)
