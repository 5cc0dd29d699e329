"""The operator page as values: each part of the system, how it is, what that means and what to do. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboard import manner
from dashboard.accounts.spoken import spoken
from dashboard.system import manual, system
from dashboard.system.eye import Seen
from dashboard.system.manual import Entry
from dashboard.system.system import System
from dashboard.templatetags.operation import count, megabytes, milliseconds
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


def groups(seen: System, labels: Mapping[int, str]) -> dict[str, list[Part]]:
    """Every part, by what it belongs to. `labels` are of the accounts that the reader may see."""
    return {
        _("Redis"): list(_servers(seen)),
        _("Feeds and workers"): [*_feeds(seen), *_workers(seen), *_alerts(seen)],
        _("Accounts"): list(_accounts(seen, labels)),
        _("Storing"): [*_drains(seen), _spool(seen), _database(seen), *_stored(seen)],
    }


def _servers(seen: System) -> Iterator[Part]:
    for name, server in seen.servers.items():
        entry = manual.SERVER.get(seen.reason(name), manual.SERVER["error"])
        named = _("%(server)s server, active") if name == seen.active else _("%(server)s server")
        label = named % {"server": name.capitalize()}
        yield Part(label, entry, _server_facts(server), server.since_at if server else None)
    if FAILOVER not in seen.servers:
        yield Part(_("Failover server"), manual.ONLY_ONE)
    for name, sync in seen.syncs.items():
        entry = manual.SYNC["running" if sync.finished_at is None else "conflicts" if sync.conflicts else "done"]
        counted = {"copied": count(sync.copied), "pending": count(sync.pending), "conflicts": count(sync.conflicts)}
        facts = _("%(copied)s copied, %(pending)s to go, %(conflicts)s conflicts") % counted
        yield Part(
            _("Synchronisation of the %(server)s server") % {"server": name},
            entry,
            facts,
            sync.finished_at or sync.started_at,
        )


def _server_facts(server: Seen[ServerLook] | None) -> str:
    if server is None:
        return ""
    told = [server.last_error] if server.error else []
    if (look := server.value) and not server.error:
        told.append(_("answers in %(time)s") % {"time": milliseconds(look.latency_ms)})
        uses = _("uses %(size)s of %(most)s") if look.memory_max else _("uses %(size)s")
        told.append(uses % {"size": megabytes(look.memory), "most": megabytes(look.memory_max)})
    if server.failures:
        looks = {"failures": count(server.failures), "looks": count(server.looks)}
        told.append(_("%(failures)s of %(looks)s looks failed") % looks)
    return "; ".join(told)


def _feeds(seen: System) -> Iterator[Part]:
    if seen.known is None:
        return
    for feed in seen.known.feeds:
        holder = seen.stored.holders.get(f"feed:{feed}", "") if seen.stored else ""
        state = ("held" if holder else "free") if seen.stored else "unknown"
        yield Part(feed, manual.FEED[state], _("by %(holder)s") % {"holder": holder} if holder else "")


def _accounts(seen: System, labels: Mapping[int, str]) -> Iterator[Part]:
    for account in seen.followed:
        state, line = seen.standing(account), account.line
        is_told = line is not None and state not in ("free", "unknown")
        since_at = account.sure_at if state == "stale" else line.since_at if line and is_told else None
        text = spoken(line.text) if line and is_told else ""
        name = labels.get(account.id) or _("Account %(number)s") % {"number": account.id}
        yield Part(name, manual.ACCOUNT[state], text, since_at, "positions")


def _workers(seen: System) -> Iterator[Part]:
    """The processes that hold leases; a holder is host:process:thread."""
    if seen.stored is None:
        yield Part(_("Workers"), manual.WORKER["unknown"])
        return
    held: dict[str, list[str]] = defaultdict(list)
    for resource, holder in sorted(seen.stored.holders.items()):
        held[holder.rpartition(":")[0] or holder].append(resource)
    for process, resources in sorted(held.items()):
        yield Part(_("Worker %(process)s") % {"process": process}, manual.WORKER["runs"], ", ".join(resources))
    if not held:
        yield Part(_("Workers"), manual.WORKER["none"])


def _alerts(seen: System) -> Iterator[Part]:
    for alert in seen.stored.alerts if seen.stored else ():
        yield Part(alert.kind.replace("_", " ").capitalize(), manual.ALERT, alert.text, alert.raised_at)


def _drains(seen: System) -> Iterator[Part]:
    holders = seen.stored.holders if seen.stored else {}
    for name, server in seen.servers.items():
        look, holder = server.value if server else None, holders.get(f"drain:{name}", "")
        told = [_("drained by %(holder)s") % {"holder": holder}] if holder else []
        state = "unknown"
        if look and seen.is_up(name):
            if seen.stored:
                state = "even" if holder else "nobody"
            state = "behind" if look.oldest_s > system.DELAYED_AFTER_S else state
            waits = {"count": count(look.waiting), "seconds": count(round(look.oldest_s))}
            told += [_("%(count)s wait, the first for %(seconds)s s") % waits] if look.waiting else []
        yield Part(_("Log of the %(server)s server") % {"server": name}, manual.DRAIN[state], "; ".join(told))


def _spool(seen: System) -> Part:
    if seen.spool.error:
        return Part(_("Spool"), manual.SPOOL["unknown"], seen.spool.error)
    waits = _("%(size)s wait") % {"size": megabytes(seen.spool.size)} if seen.spool.size else ""
    return Part(_("Spool"), manual.SPOOL["waiting" if waits else "empty"], waits, seen.spool.since_at)


def _database(seen: System) -> Part:
    since_at = seen.database.since_at if seen.database else None
    error = seen.database.last_error if seen.database and seen.database.error else ""
    return Part(_("Database"), manual.DATABASE["up" if seen.has_database else "down"], error, since_at)


def _stored(seen: System) -> Iterator[Part]:
    if seen.stored is None:
        yield Part(_("Dead letters"), manual.DEAD_LETTERS["unknown"])
        return
    letters, oldest_at = seen.stored.dead_letters, seen.stored.oldest_at
    yield Part(_("Dead letters"), manual.DEAD_LETTERS["some" if letters else "none"], count(letters) if letters else "")
    yield Part(_("History"), manual.HISTORY, _trades_since(oldest_at))


def _trades_since(oldest_at: datetime | None) -> str:
    if oldest_at is None:
        return _("no trades yet")
    return _("trades since %(time)s") % {"time": date_format(manner.local(oldest_at), "d M Y H:i")}
