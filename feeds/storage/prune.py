"""What was kept for long enough is deleted: in small steps with pauses, by one at a time, and never in the drain's way.

Blocking calls. Whatever is left is left to the next run, an hour later.
"""

import logging
import threading
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from feeds.clock import Clock
from feeds.models import Trade
from feeds.storage import lease, snapshots
from feeds.storage.database import DATABASE_ERRORS
from feeds.storage.retention import RULES, Rule, objections

logger = logging.getLogger(__name__)

RESOURCE: Final = "retention"
# Rows in one transaction: for some 30 ms nobody else can write into SQLite.
STEP_SIZE: Final = 1000
PAUSE_S: Final = 0.2
# A deletion that takes longer waited for somebody, and so does somebody for us.
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
    run = _Run(holder, fence, stop, clock)
    found = Pruned(run.deleted, _prune(run))
    logger.info("deleted: %s; stopped: %s", found.deleted or "nothing", found.reason or "nothing is left")
    # Where the database is away, the lease expires by itself.
    with suppress(*DATABASE_ERRORS):
        state = "interrupted" if found.reason else "done"
        snapshots.sample("retention", state, clock.now(), found.reason, deleted=found.deleted).save()
        lease.release(RESOURCE, holder, fence)
    return found


class _Halt(Exception):
    """Why the rest is left to the next run."""


class _Run:
    """Every method raises _Halt where there is a reason not to go on."""

    def __init__(self, holder: str, fence: int, stop: threading.Event, clock: Clock) -> None:
        self.deleted: Counter[str] = Counter()
        self._renew = partial(lease.renew, RESOURCE, holder, fence)
        self._stop = stop
        self._clock = clock
        self._renew_at = clock.monotonic() + lease.RENEW_EVERY_S

    def clear(self, rule: Rule) -> None:
        """Deletes what is expired by it, in steps."""
        for expired in rule.expired(self._clock.now()):
            # Found before the transaction, which would hold SQLite's only write lock for as long.
            while keys := list(expired.values_list("pk", flat=True)[:STEP_SIZE]):
                self._delete(rule.table, expired.filter(pk__in=keys))
            # Of thousands of ranges there may be nothing in any.
            self._look()

    def renew(self) -> None:
        self._renew_at = self._clock.monotonic() + lease.RENEW_EVERY_S
        if not self._renew():
            raise _Halt("the lease is lost")

    def _delete(self, table: str, rows: QuerySet[Any]) -> None:
        """One step, and the pause after it."""
        began_at = self._clock.monotonic()
        self.deleted[table] += rows.delete()[0]
        if self._clock.monotonic() - began_at > BUSY_S:
            raise _Halt("the database is busy: a step took more than a second")
        self._stop.wait(PAUSE_S)
        self._look()
        if _is_drain_behind(self._clock.now()):
            raise _Halt("the drain is behind")

    def _look(self) -> None:
        if self._stop.is_set():
            raise _Halt("the worker stops")
        if self._clock.monotonic() >= self._renew_at:
            self.renew()


def _prune(run: _Run) -> str:
    """Why it left something; "" where nothing is left."""
    # A worker starts in spite of a system check.
    if refused := objections():
        return f"{', '.join(refused)} cannot be meant"
    troubles = []
    try:
        for rule in RULES:
            try:
                run.clear(rule)
            except DATABASE_ERRORS as error:
                # One table must not keep those behind it. A database that is away takes no renewal either.
                troubles.append(f"{rule.table} cannot be deleted: {error}")
                run.renew()
    except _Halt as reason:
        return str(reason)
    except DATABASE_ERRORS as error:
        return f"the database is busy: {error}"
    return "; ".join(troubles)


def _is_drain_behind(now: datetime) -> bool:
    """By the trade that was stored last."""
    last = Trade.objects.order_by("-pk").first()
    return last is not None and now - last.recorded_at < LATELY and last.recorded_at - last.received_at > BEHIND
