"""Two workers are restarted one after the other, as for a new version, while the market trades."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import pytest

from tests.system.stack import Stack
from tests.system.test_faults import assert_logged_once_and_stored
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system
LOOK_EVERY_S: Final = 0.05
WORKERS: Final = ("worker1", "worker2")


@contextmanager
def ages(stack: Stack) -> Iterator[list[float]]:
    """The age of the displayed price, seen many times a second: endless where there is none."""
    seen: list[float] = []
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(LOOK_EVERY_S):
            price = stack.price()
            heard_at = datetime.fromisoformat(price["received_at"]) if price else datetime.min.replace(tzinfo=UTC)
            seen.append((datetime.now(UTC) - heard_at).total_seconds())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        is_over.set()
        looking.join()


def starts(stack: Stack, name: str) -> int:
    """How often the worker became ready."""
    return stack.log(name).count(" ready.")


def test_rolling_restart_is_not_seen(stack: Stack) -> None:
    """W11: the price is never older than 4 s, every trade that was sent is stored, each once in the log."""
    for name in WORKERS:
        stack.start_worker(name)
    wait_until(stack.price, 20, "a price is shown")
    wait_until(lambda: all(starts(stack, name) == 1 for name in WORKERS), 20, "both workers are there")
    _, fence = stack.lease()

    with ages(stack) as seen:
        for name in WORKERS:
            assert stack.end(name) <= 5.0
            stack.start_worker(name)
            wait_until(lambda name=name: starts(stack, name) == 2, 20, "the worker is there again")  # type: ignore[misc]
        wait_until(lambda: stack.lease()[0], 5, "the session is held")
        sent = set(stack.sent_ids("binance"))
        wait_until(lambda: sent <= set(stack.stored_ids("binance")), 20, "all that was sent is stored")

    assert stack.lease()[1] > fence, "no session moved"
    assert max(seen) <= 4.0
    assert_logged_once_and_stored(stack)
