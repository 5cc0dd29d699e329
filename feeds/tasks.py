"""Celery tasks. A task carries only a name; who runs what is decided by leases in the database.

A session that nobody holds is started twice over: by beat through the broker, and by a timer in every worker,
so that a dead broker or a dead beat changes nothing. The lease makes the second start a no-op.
"""

import asyncio
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from celery import shared_task
from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
from django.db import DatabaseError, close_old_connections, connections

from feeds import queries
from feeds.clock import SystemClock
from feeds.connection.feed import lease_name, run_feed
from feeds.storage import lease, snapshots
from feeds.storage.consumer import LogConsumer
from feeds.storage.drain import Drain
from feeds.storage.prune import run_prune
from feeds.storage.rows import WaitingRows

logger = logging.getLogger(__name__)

DRAIN: Final = "drain"
LOOK_EVERY_S: Final = 0.5
STOP_WITHIN_S: Final = 3.0

# Set once, when the worker is told to stop; every session of this process watches it.
stopping = threading.Event()
# Threads of the timer, by name. They have to end before the interpreter does, because it ends executors first.
_threads: dict[str, threading.Thread] = {}
# What became of this worker, until the database takes it.
_diary = WaitingRows()


@shared_task
def keep_sessions_running() -> None:
    """Asks the workers to hold every session that nobody holds."""
    for resource in _unheld():
        hold.apply_async((resource,), expires=9)


@shared_task
def hold(resource: str) -> str:
    """Runs the session behind a lease until it is told to stop; does nothing when somebody holds it."""
    holder = _holder()
    try:
        if resource == DRAIN:
            is_held = _drain(holder)
        else:
            is_held = asyncio.run(run_feed(resource.removeprefix("feed:"), holder, stopping, SystemClock()))
    finally:
        connections.close_all()
    return f"{resource} ended" if is_held else f"{resource} is held by somebody else"


@shared_task
def prune() -> str:
    """Deletes what was kept for long enough. However many beats ask for it, one worker does it at a time."""
    try:
        return str(run_prune(_holder(), stopping, SystemClock()))
    finally:
        connections.close_all()


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def _drain(holder: str) -> bool:
    fence = lease.claim(DRAIN, holder)
    if fence is None:
        return False
    clock, consumer = SystemClock(), LogConsumer("drain")
    renew_at = 0.0

    def may_go_on() -> bool:
        nonlocal renew_at
        if clock.monotonic() < renew_at:
            return True
        renew_at = clock.monotonic() + lease.RENEW_EVERY_S
        return lease.renew(DRAIN, holder, fence)

    try:
        Drain(consumer, clock).run(stopping, may_go_on)
    finally:
        consumer.close()
    lease.release(DRAIN, holder, fence)
    return True


def _unheld() -> list[str]:
    return lease.unheld([DRAIN, *(lease_name(feed) for feed in queries.enabled_feeds())])


@worker_ready.connect
def _watch_over_sessions(**_: Any) -> None:
    _start(_hold_what_is_free, "sessions")


def _start(work: Callable[..., None], name: str, *arguments: str) -> None:
    """One thread per name: a session that hangs in a call is not started over and over."""
    if (running := _threads.get(name)) is None or not running.is_alive():
        _threads[name] = threading.Thread(target=work, args=arguments, name=name)
        _threads[name].start()


def _hold_what_is_free() -> None:
    _diary.add(snapshots.worker("started", "", SystemClock().now()))
    while not stopping.wait(LOOK_EVERY_S):
        try:
            close_old_connections()
            _diary.save_all()
            for resource in _unheld():
                _start(_hold_safely, resource, resource)
        except DatabaseError as error:
            logger.warning("cannot see who holds what: %s", error)
    _diary.add(snapshots.worker(snapshots.STOPPED, "it was told to", SystemClock().now()))
    with suppress(DatabaseError):
        _diary.save_all()
    connections.close_all()


def _hold_safely(resource: str) -> None:
    """The edge of a thread: what escapes a session is logged whole, and the timer starts it again."""
    try:
        hold(resource)
    except Exception:
        logger.exception("session %s failed", resource)


@worker_shutting_down.connect
def _stop_sessions(**_: Any) -> None:
    stopping.set()


@worker_shutdown.connect
def _wait_for_sessions(**_: Any) -> None:
    """A database that hangs must not keep the worker: what is not flushed by then could not be flushed."""
    deadline = time.monotonic() + STOP_WITHIN_S
    for thread in list(_threads.values()):
        thread.join(max(0.0, deadline - time.monotonic()))
    if late := [name for name, thread in _threads.items() if thread.is_alive()]:
        logger.error("ended without waiting any longer for %s", ", ".join(late))
        os._exit(1)
