"""The operator page as values: each part of the system, how it is, what that means and what to do. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dashboard.system import manual, system
from dashboard.system.eye import Seen
from dashboard.system.manual import Entry
from dashboard.system.system import System
from feeds.storage.look import ServerLook
from feeds.storage.servers import FAILOVER


@dataclass(frozen=True)
class Part:
    """`facts` are what was seen, for people who know the system; `since_at` is since when it is so, where known.

    `page` is the name of the page that shows more of it, "" where there is none.
    """

    name: str
    entry: Entry
    facts: str = ""
    since_at: datetime | None = None
    page: str = ""


def groups(seen: System) -> dict[str, list[Part]]:
    """Every part, by what it belongs to."""
    return {
        "Redis": list(_servers(seen)),
        "Feeds and workers": [*_feeds(seen), *_workers(seen), *_alerts(seen)],
        "Accounts": list(_accounts(seen)),
        "Storing": [*_drains(seen), _spool(seen), _database(seen), *_stored(seen)],
    }


def _servers(seen: System) -> Iterator[Part]:
    for name, server in seen.servers.items():
        entry = manual.SERVER.get(seen.reason(name), manual.SERVER["error"])
        label = f"{name.capitalize()} server" + (", active" if name == seen.active else "")
        yield Part(label, entry, _server_facts(server), server.since_at if server else None)
    if FAILOVER not in seen.servers:
        yield Part("Failover server", manual.ONLY_ONE)
    for name, sync in seen.syncs.items():
        entry = manual.SYNC["running" if sync.finished_at is None else "conflicts" if sync.conflicts else "done"]
        facts = f"{sync.copied:,} copied, {sync.pending:,} to go, {sync.conflicts:,} conflicts"
        yield Part(f"Synchronisation of the {name} server", entry, facts, sync.finished_at or sync.started_at)


def _server_facts(server: Seen[ServerLook] | None) -> str:
    if server is None:
        return ""
    told = [server.last_error] if server.error else []
    if (look := server.value) and not server.error:
        told.append(f"answers in {look.latency_ms:g} ms")
        bound = f" of {_megabytes(look.memory_max)}" if look.memory_max else ""
        told.append(f"uses {_megabytes(look.memory)}{bound}")
    if server.failures:
        told.append(f"{server.failures:,} of {server.looks:,} looks failed")
    return "; ".join(told)


def _feeds(seen: System) -> Iterator[Part]:
    if seen.known is None:
        return
    for feed in seen.known.feeds:
        holder = seen.stored.holders.get(f"feed:{feed}", "") if seen.stored else ""
        state = ("held" if holder else "free") if seen.stored else "unknown"
        yield Part(feed, manual.FEED[state], f"by {holder}" if holder else "")


def _accounts(seen: System) -> Iterator[Part]:
    for account in seen.followed:
        state, line = seen.standing(account), account.line
        is_told = line is not None and state not in ("free", "unknown")
        since_at = account.sure_at if state == "stale" else line.since_at if line and is_told else None
        text = line.text if line and is_told else ""
        yield Part(account.label, manual.ACCOUNT[state], text, since_at, "positions")


def _workers(seen: System) -> Iterator[Part]:
    """The processes that hold leases; a holder is host:process:thread."""
    if seen.stored is None:
        yield Part("Workers", manual.WORKER["unknown"])
        return
    held: dict[str, list[str]] = defaultdict(list)
    for resource, holder in sorted(seen.stored.holders.items()):
        held[holder.rpartition(":")[0] or holder].append(resource)
    for process, resources in sorted(held.items()):
        yield Part(f"Worker {process}", manual.WORKER["runs"], ", ".join(resources))
    if not held:
        yield Part("Workers", manual.WORKER["none"])


def _alerts(seen: System) -> Iterator[Part]:
    for alert in seen.stored.alerts if seen.stored else ():
        yield Part(alert.kind.replace("_", " ").capitalize(), manual.ALERT, alert.text, alert.raised_at)


def _drains(seen: System) -> Iterator[Part]:
    holders = seen.stored.holders if seen.stored else {}
    for name, server in seen.servers.items():
        look, holder = server.value if server else None, holders.get(f"drain:{name}", "")
        told = [f"drained by {holder}"] if holder else []
        state = "unknown"
        if look and seen.is_up(name):
            if seen.stored:
                state = "even" if holder else "nobody"
            state = "behind" if look.oldest_s > system.DELAYED_AFTER_S else state
            told += [f"{look.waiting:,} wait, the first for {look.oldest_s:g} s"] if look.waiting else []
        yield Part(f"Log of the {name} server", manual.DRAIN[state], "; ".join(told))


def _spool(seen: System) -> Part:
    if seen.spool.error:
        return Part("Spool", manual.SPOOL["unknown"], seen.spool.error)
    waits = f"{_megabytes(seen.spool.size)} wait" if seen.spool.size else ""
    return Part("Spool", manual.SPOOL["waiting" if waits else "empty"], waits, seen.spool.since_at)


def _database(seen: System) -> Part:
    since_at = seen.database.since_at if seen.database else None
    error = seen.database.last_error if seen.database and seen.database.error else ""
    return Part("Database", manual.DATABASE["up" if seen.has_database else "down"], error, since_at)


def _stored(seen: System) -> Iterator[Part]:
    if seen.stored is None:
        yield Part("Dead letters", manual.DEAD_LETTERS["unknown"])
        return
    count, oldest_at = seen.stored.dead_letters, seen.stored.oldest_at
    yield Part("Dead letters", manual.DEAD_LETTERS["some" if count else "none"], f"{count:,}" if count else "")
    yield Part("History", manual.HISTORY, f"trades since {oldest_at:%d %b %Y %H:%M}" if oldest_at else "no trades yet")


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"
