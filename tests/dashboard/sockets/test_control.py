"""What processes tell each other about their sockets, over a real Redis that goes away, hangs and comes back."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pytest_django import Settings

from dashboard.sockets.control import (
    GROUP,
    MOST_WAITING,
    VOICE,
    WITHIN_S,
    Voice,
    close_layer,
    open_layer,
    tell_changed,
    tell_disconnect,
    tell_look,
)
from dashboard.sockets.ear import Ear
from feeds.clock import Clock, SystemClock
from tests.clock import QuickClock
from tests.redis_server import RedisServer
from tests.waiting import Stopwatch, wait_until

# An ear beats ten times a second, and tries again after 20 ms.
CLOCK = QuickClock(50.0)


class Process:
    """Says and hears as a process of its own, and counts what it heard."""

    def __init__(self, voice: Voice | None = None, clock: Clock = CLOCK) -> None:
        self.voice = voice or Voice()
        self.looks: Counter[int | None] = Counter()
        self.disconnects: Counter[str] = Counter()
        self.changes: dict[int, int] = {}
        self.ear = Ear(self._look, self._disconnect, self.changes.__setitem__, clock, self.voice)

    def _look(self, user_id: int | None) -> None:
        self.looks[user_id] += 1

    def _disconnect(self, client_id: str) -> None:
        self.disconnects[client_id] += 1

    async def listen(self) -> None:
        self.ear.begin()
        await wait_until(lambda: self.ear.hears)


@pytest.fixture
def server(own_redis: RedisServer, settings: Settings) -> RedisServer:
    """It is also the one of the channel layer."""
    layer = settings.CHANNEL_LAYERS["default"]
    host = {**layer["CONFIG"]["hosts"][0], "address": own_redis.url}
    settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": {**layer["CONFIG"], "hosts": [host]}}}
    return own_redis


@pytest_asyncio.fixture
async def here(server: RedisServer) -> AsyncIterator[Process]:
    """This process, whose voice is the one of `tell_look`."""
    process = Process(VOICE)
    await process.listen()
    yield process
    await process.ear.stop()


@pytest_asyncio.fixture
async def there(server: RedisServer) -> AsyncIterator[Process]:
    process = Process()
    await process.listen()
    yield process
    await process.ear.stop()


async def test_every_process_does_what_one_says(here: Process, there: Process) -> None:
    """S3 S4: each once, the one that says it too."""
    tell_look(7)
    tell_disconnect("ada's")
    tell_changed(3, 12)
    there.voice.look(None)
    processes = (here, there)
    await wait_until(lambda: all(len(each.looks) == 2 and each.disconnects and each.changes for each in processes))
    for process in processes:
        assert process.changes == {3: 12}
        assert (process.looks, process.disconnects) == ({7: 1, None: 1}, {"ada's": 1})


async def test_own_process_needs_no_redis(here: Process, server: RedisServer) -> None:
    """S3: at once, and from any thread; nobody waits for a Redis that hangs, and nothing is raised."""
    server.freeze()
    watch = Stopwatch()
    threads = [threading.Thread(target=tell_look, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
        thread.join()
    await wait_until(lambda: len(here.looks) == 20)
    assert watch.seconds() < 0.5
    server.thaw()


async def test_ear_hears_again_after_a_restart(
    here: Process, there: Process, server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """R13 S3: with Redis stopped and started; what was said meanwhile is made up for by a look at everybody."""
    server.stop()
    await wait_until(lambda: not there.ear.hears and not here.ear.hears)
    tell_look(7)
    await wait_until(lambda: "other processes were not told" in caplog.text)
    assert (here.looks, there.looks) == ({7: 1}, {})
    server.start()
    await wait_until(lambda: here.looks[None] and there.looks[None])
    tell_look(8)
    await wait_until(lambda: there.looks[8])
    assert caplog.text.count("control messages of other processes are not heard") == 2, "once of each process"
    assert "Traceback" not in "".join(
        record.message for record in caplog.records if record.name.startswith("dashboard")
    )


async def test_ear_hears_again_after_a_hang(there: Process, server: RedisServer) -> None:
    """R2 S3: a connection on which nothing comes is given up."""
    server.freeze()
    await wait_until(lambda: not there.ear.hears)
    server.thaw()
    await wait_until(lambda: there.ear.hears)
    Voice().look(7)
    await wait_until(lambda: there.looks[7])


async def test_ear_that_begins_without_redis_hears_later(server: RedisServer) -> None:
    """R1: a web process starts all the same."""
    server.stop()
    process = Process()
    process.ear.begin()
    process.ear.begin()
    server.start()
    await wait_until(lambda: process.ear.hears)
    await process.ear.stop()
    assert not process.voice.ears


async def test_ear_ends_at_once_whatever_it_does(server: RedisServer) -> None:
    """Also in the middle of a command, where redis-py swallows that it is cancelled."""
    watch = Stopwatch()
    for turns in range(150):
        process = Process(clock=SystemClock())
        process.ear.begin()
        for _ in range(turns):
            await asyncio.sleep(0)
        await process.ear.stop()
    assert watch.seconds() < WITHIN_S


async def test_message_of_another_kind_is_passed_over(
    there: Process, server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Of another version of ours, or by hand."""
    with server.client() as client:
        (channel,) = (name for name in client.pubsub_channels() if name.endswith(GROUP.encode()))
        client.publish(channel, b"\xc1")
    layer = open_layer()
    for message in ({"type": "control"}, {"sender": "x", "look": "everybody"}, {"sender": "x", "look": [7]}):
        await layer.group_send(GROUP, message)
    await close_layer(layer)
    await wait_until(lambda: there.looks[7])
    assert caplog.text.count("a control message of another kind") == 3


async def test_what_waits_for_redis_is_bounded(server: RedisServer) -> None:
    """C8: in one thread, however much is said; each user once."""
    server.freeze()
    voice = Voice()
    before = threading.active_count()
    for number in range(2 * MOST_WAITING):
        voice.look(number)
        voice.look(number)
    assert threading.active_count() <= before + 1
    server.thaw()
    await wait_until(lambda: threading.active_count() <= before)
