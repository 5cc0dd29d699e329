"""The sessions of this worker: a thread for each that it holds, and a timer that starts those that nobody holds.

A session is owned by its lease. So a second start is a no-op, and neither broker nor beat is needed. Beside them, and
held by nobody, one thread takes what dead sessions left in the spool to the log.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from django.db import close_old_connections, connections
from structlog.contextvars import bound_contextvars

from feeds import queries
from feeds.clock import Clock, SystemClock
from feeds.connection.feed import run_feed
from feeds.connection.past import hold_backfills
from feeds.storage import lease, past, snapshots
from feeds.storage.database import DATABASE_ERRORS
from feeds.storage.drainer import run_drain
from feeds.storage.holder import this_thread
from feeds.storage.replay import replay_leftovers
from feeds.storage.rows import WaitingRows
from feeds.storage.servers import addresses
from feeds.worker import beat, farewell
from feeds.worker.kinds import KINDS, Kind

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.5
STOP_WITHIN_S: Final = 3.0
_TIMER: Final = "sessions"
_LEFTOVERS: Final = "leftovers"

# Set once, when the worker is told to stop; every session of this process watches it.
stopping = threading.Event()
# By name. They have to end before the interpreter does, because it ends executors first.
_threads: dict[str, threading.Thread] = {}
_starting = threading.Lock()
# What became of this worker, until the database takes it.
_diary = WaitingRows()


def _hold_feed(name: str, holder: str, stop: threading.Event, clock: Clock) -> bool:
    return asyncio.run(run_feed(name, holder, stop, clock))


KINDS["drain"] = Kind(lambda: list(addresses()), run_drain)
KINDS["backfill"] = Kind(past.wanted, hold_backfills)
KINDS["feed"] = Kind(queries.enabled_feeds, _hold_feed)


def begin() -> None:
    """Starts the timer."""
    _run(_TIMER, _keep)


def is_kept() -> bool:
    """Whether the timer runs, which starts what ends."""
    timer = _threads.get(_TIMER)
    return timer is not None and timer.is_alive()


def unheld() -> list[str]:
    """What has to run and is run by nobody: the drain of each Redis server, every feed, every account."""
    resources = [f"{prefix}:{name}" for prefix, kind in KINDS.items() for name in kind.wanted()]
    lease.give_back_of_the_gone(resources)
    return lease.unheld(resources)


def start(resource: str) -> None:
    """Starts a session on a thread of its own, unless this worker does that already, or is about to end."""
    if not stopping.is_set():
        _run(resource, hold, resource)


def hold(resource: str) -> bool:
    """Runs the session behind a lease until it is told to stop. False when somebody else holds it."""
    holder = this_thread()
    prefix, _, name = resource.partition(":")
    try:
        return KINDS[prefix].run(name, holder, stopping, SystemClock())
    finally:
        connections.close_all()


def late() -> list[str]:
    """Waits a little for all threads; those that go on even so. A database that hangs must not keep the worker."""
    deadline = time.monotonic() + STOP_WITHIN_S
    for thread in list(_threads.values()):
        thread.join(max(0.0, deadline - time.monotonic()))
    return [name for name, thread in _threads.items() if thread.is_alive()]


def _run(name: str, work: Callable[..., object], *arguments: str) -> None:
    """One thread per name: a session that hangs in a call is not started over and over."""
    with _starting:
        if (running := _threads.get(name)) is None or not running.is_alive():
            thread = threading.Thread(target=_run_safely, args=(name, work, *arguments), name=name)
            thread.start()
            _threads[name] = thread


def _run_safely(name: str, work: Callable[..., object], *arguments: str) -> None:
    """The edge of a thread: what escapes is logged whole, and the work begins anew. Its lines say whose they are."""
    kind, _, which = name.partition(":")
    with bound_contextvars(**{kind: which} if which else {"thread": name}):
        try:
            work(*arguments)
        except Exception:
            logger.exception("%s failed", name)


def _keep() -> None:
    """The timer, from the start of the worker to its end: without it nothing heals, so it survives everything."""
    _diary.add(snapshots.worker("started", "", SystemClock().now()))
    while not stopping.is_set():
        _run_safely(_TIMER, _hold_what_is_free)
    _diary.add(snapshots.worker(snapshots.STOPPED, farewell.why() or "it was told to", SystemClock().now()))
    with suppress(*DATABASE_ERRORS):
        _diary.save_all()
    connections.close_all()


def _hold_what_is_free() -> None:
    trouble = ""
    while not stopping.wait(LOOK_EVERY_S):
        try:
            _run(_LEFTOVERS, _replay_leftovers)
            close_old_connections()
            for resource in unheld():
                start(resource)
            beat.look(SystemClock().now())
            _diary.save_all()
            trouble = ""
        except DATABASE_ERRORS as error:
            if str(error) != trouble:
                trouble = str(error)
                logger.warning("cannot see who holds what: %s", error)


def _replay_leftovers() -> None:
    asyncio.run(replay_leftovers(stopping, SystemClock()))
