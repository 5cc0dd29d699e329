"""A loop that is blocked is found from another thread: once, with the place where it hangs."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from feeds.heartbeat import Heartbeats
from feeds.worker.watchdog import BLOCKED_AFTER_S, HOPELESS_AFTER_S, LOOK_EVERY_S, Watchdog
from tests.clock import ManualClock
from tests.waiting import Stopwatch


class Ended(Exception):
    """The process would be over."""


def end() -> None:
    raise Ended


@pytest.fixture
def heartbeats(clock: ManualClock) -> Heartbeats:
    return Heartbeats(clock)


@pytest.fixture
def watchdog(heartbeats: Heartbeats, clock: ManualClock) -> Watchdog:
    return Watchdog(heartbeats, clock, end)


async def pass_time(clock: ManualClock, watchdog: Watchdog, seconds: float) -> None:
    """As the thread does it: a look every half second."""
    for _ in range(int(seconds / LOOK_EVERY_S)):
        await clock.advance(LOOK_EVERY_S)
        watchdog.look()


async def test_loop_at_work_is_left_alone(
    clock: ManualClock, heartbeats: Heartbeats, watchdog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    """W3: nothing is said of it."""
    for _ in range(10):
        heartbeats.beat("feed:main")
        await pass_time(clock, watchdog, BLOCKED_AFTER_S)
    assert watchdog.blocked == 0
    assert not caplog.records


async def test_blocked_loop_is_told_once_and_when_it_goes_on(
    clock: ManualClock, heartbeats: Heartbeats, watchdog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    """W3: one line when it begins, one when it is over, and it is counted."""
    heartbeats.beat("feed:main")
    await pass_time(clock, watchdog, 10)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    heartbeats.beat("feed:main")
    watchdog.look()
    assert caplog.messages[1:] == ["feed:main goes on, it was blocked for 10.0 s"]
    assert watchdog.blocked == 1


async def test_loop_that_ended_is_not_waited_for(
    clock: ManualClock, heartbeats: Heartbeats, watchdog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    """W3: also when it was blocked before."""
    heartbeats.beat("feed:main")
    await pass_time(clock, watchdog, 10)
    heartbeats.forget("feed:main")
    caplog.clear()
    await pass_time(clock, watchdog, HOPELESS_AFTER_S + 10)
    assert not caplog.records


async def test_hopeless_loop_ends_the_process(clock: ManualClock, heartbeats: Heartbeats, watchdog: Watchdog) -> None:
    """W3: after a minute it will not come back; whoever supervises the process starts another one."""
    heartbeats.beat("feed:main")
    await pass_time(clock, watchdog, HOPELESS_AFTER_S)
    with pytest.raises(Ended):
        await pass_time(clock, watchdog, 1)


async def test_process_that_stood_still_is_no_blocked_loop(
    clock: ManualClock, heartbeats: Heartbeats, watchdog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    """W4: after SIGSTOP the watchdog itself comes late; every loop has its time to stamp."""
    heartbeats.beat("feed:main")
    await clock.advance(2 * HOPELESS_AFTER_S)
    watchdog.look()
    assert caplog.messages == ["the whole process stood still for 120.0 s"]
    assert watchdog.blocked == 0
    await pass_time(clock, watchdog, BLOCKED_AFTER_S + 1)
    assert watchdog.blocked == 1


@pytest_asyncio.fixture
async def blocked_thread(heartbeats: Heartbeats) -> AsyncIterator[None]:
    """A loop in a thread of its own that stamps once, and hangs then."""
    release, has_stamped = threading.Event(), threading.Event()

    async def work(secret: str) -> None:
        heartbeats.beat("feed:main")
        has_stamped.set()
        release.wait(10)  # hangs here

    thread = threading.Thread(target=asyncio.run, args=[work("hunter2")])
    thread.start()
    has_stamped.wait(5)
    yield
    release.set()
    thread.join()


@pytest.mark.usefixtures("blocked_thread")
async def test_place_where_it_hangs_is_told_without_values(
    clock: ManualClock, watchdog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    """W3: the stack of the blocked thread, not of the watchdog; no value of a variable is in it."""
    watch = Stopwatch()
    await pass_time(clock, watchdog, BLOCKED_AFTER_S + 1)
    assert "release.wait(10)  # hangs here" in caplog.text
    assert "watchdog.look" not in caplog.text
    assert "hunter2" not in caplog.text
    assert watch.seconds() < BLOCKED_AFTER_S
