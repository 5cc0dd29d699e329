"""What was kept for long enough is deleted: in small steps with pauses, by one at a time, and never in the drain's way.

Blocking calls. Whatever is left is left to the next run, an hour later.
"""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import DatabaseError
from django.db.models import QuerySet

from feeds.clock import Clock
from feeds.models import Trade
from feeds.storage import lease, snapshots
from feeds.storage.retention import RULES, objections

logger = logging.getLogger(__name__)

RESOURCE: Final = "retention"
# Rows in one transaction: for some 30 ms nobody else can write into SQLite.
STEP_SIZE: Final = 1000
PAUSE_S: Final = 0.2
# A step that takes longer waited for somebody, and so does somebody for us.
BUSY_S: Final = 1.0
# Trades that are stored so long after they came say that the drain is behind, if they say it now.
BEHIND: Final = timedelta(seconds=10)
LATELY: Final = timedelta(minutes=1)


class Pruned(NamedTuple):
    """How many rows of each table went, and why no more did; "" where nothing is left that is expired."""

    deleted: dict[str, int]
    reason: str = ""


def run_prune(holder: str, stop: threading.Event, clock: Clock) -> Pruned | None:
    """Deletes what is expired, up to the first reason not to. None while somebody else does."""
    fence = lease.claim(RESOURCE, holder)
    if fence is None:
        return None
    found = _prune(holder, fence, stop, clock)
    logger.info("deleted: %s; stopped: %s", found.deleted or "nothing", found.reason or "nothing is left")
    # Where the database is away, the lease expires by itself.
    with suppress(DatabaseError):
        state = "interrupted" if found.reason else "done"
        snapshots.sample("retention", state, clock.now(), found.reason, deleted=found.deleted).save()
        lease.release(RESOURCE, holder, fence)
    return found


def steps(now: datetime) -> Iterator[tuple[str, int]]:
    """Deletes what is expired; yields after each step, a transaction of its own, whose rows went and how many."""
    for rule in RULES:
        for expired in rule.expired(now):
            while count := _delete_some(expired):
                yield rule.table, count


def _prune(holder: str, fence: int, stop: threading.Event, clock: Clock) -> Pruned:
    # A worker starts in spite of a system check.
    if refused := objections():
        return Pruned({}, f"{', '.join(refused)} cannot be meant")
    deleted: Counter[str] = Counter()
    began_at = clock.monotonic()
    try:
        for table, count in steps(clock.now()):
            deleted[table] += count
            if clock.monotonic() - began_at > BUSY_S:
                return Pruned(deleted, "the database is busy: a step took more than a second")
            if stop.wait(PAUSE_S):
                return Pruned(deleted, "the worker stops")
            if not lease.renew(RESOURCE, holder, fence):
                return Pruned(deleted, "the lease is lost")
            if _is_drain_behind(clock.now()):
                return Pruned(deleted, "the drain is behind")
            began_at = clock.monotonic()
    except DatabaseError as error:
        return Pruned(deleted, f"the database is busy: {error}")
    return Pruned(deleted)


def _delete_some(expired: QuerySet[Any]) -> int:
    """Found before the transaction, which would hold SQLite's only write lock for as long."""
    keys = list(expired.values_list("pk", flat=True)[:STEP_SIZE])
    return expired.filter(pk__in=keys).delete()[0] if keys else 0


def _is_drain_behind(now: datetime) -> bool:
    """By the trade that was stored last."""
    last = Trade.objects.order_by("-pk").first()
    return last is not None and now - last.recorded_at < LATELY and last.recorded_at - last.received_at > BEHIND
