"""Celery's face: its tasks are nudges and carry only names; who runs what is decided by leases in the database.

A session that nobody holds is started twice over: by beat through the broker, and by a timer in every worker
(`worker/sessions.py`), so that a dead broker or a dead beat changes nothing.
"""

import atexit
import logging
import threading
import time
from typing import Any, Final

from celery import current_app, shared_task
from celery.signals import (
    beat_init,
    celeryd_after_setup,
    task_postrun,
    task_received,
    task_revoked,
    worker_shutdown,
    worker_shutting_down,
)
from django.db import connections
from kombu.exceptions import OperationalError

from feeds.clock import SystemClock
from feeds.storage.counts import CountKeeper
from feeds.storage.holder import this_thread
from feeds.storage.prune import run_prune
from feeds.tally import TALLY
from feeds.worker import beat, guard, sessions
from feeds.worker.farewell import end_now, hand_over
from feeds.worker.hearing import Hearing

logger = logging.getLogger(__name__)

LISTEN_EVERY_S: Final = 10.0

_hearing = Hearing(time.monotonic())
_counts = CountKeeper(TALLY)


@shared_task
def keep_sessions_running() -> None:
    """Asks the workers to hold every session that nobody holds. That it runs proves that beat does."""
    beat.heard(SystemClock().now())
    for resource in sessions.unheld():
        hold.apply_async((resource,), expires=9)


@shared_task
def hold(resource: str) -> None:
    """Starts a session in this worker and returns: a session never fills a place among the tasks."""
    sessions.start(resource)


@shared_task
def prune() -> str:
    """Deletes what was kept for long enough. However many beats ask for it, one worker does it at a time."""
    try:
        return str(run_prune(this_thread(), sessions.stopping, SystemClock()))
    finally:
        connections.close_all()


@celeryd_after_setup.connect
def _begin(**_: Any) -> None:
    """Before the broker is asked for anything: a worker that has none holds its sessions all the same."""
    sessions.begin()
    guard.begin(sessions.stopping, sessions.is_kept)
    _counts.begin()
    threading.Thread(target=_listen, name="hearing", daemon=True).start()


@beat_init.connect
def _begin_beat(**_: Any) -> None:
    """It counts what goes wrong in it, and is told nothing of its end."""
    _counts.begin()
    atexit.register(_counts.end)


@worker_shutting_down.connect
def _stop_sessions(**_: Any) -> None:
    sessions.stopping.set()


@worker_shutdown.connect
def _wait_for_sessions(**_: Any) -> None:
    late = sessions.late()
    _counts.end()
    if late:
        logger.error("ended without waiting any longer for %s", ", ".join(late))
        end_now()


@task_received.connect
@task_revoked.connect
@task_postrun.connect
def _hear(**_: Any) -> None:
    _hearing.heard(time.monotonic())


def _listen() -> None:
    while not sessions.stopping.wait(LISTEN_EVERY_S):
        waiting = _waiting()
        if _hearing.is_deaf(waiting, time.monotonic()):
            hand_over(f"no task has come for a minute while {waiting} wait")


def _waiting() -> int | None:
    """How many tasks wait in the queue; None while the broker does not answer."""
    connection: Any = current_app.connection_for_read()
    # On an open connection those of the Redis client come as they are.
    errors: tuple[type[Exception], ...] = (OperationalError, *connection.connection_errors, *connection.channel_errors)
    try:
        with connection:
            queue = current_app.conf.task_default_queue
            return int(connection.default_channel.queue_declare(queue=queue).message_count)
    except errors:
        return None
