"""The socket through the real ASGI application: who gets in, what comes, what closes it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.typing import ASGIApplication
from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.urls import path
from msgspec import structs
from pytest_django import Settings

from dashboard.consumers import DashboardConsumer
from dashboard.hub import Hubs
from feeds.clock import SystemClock
from feeds.models import Feed, Instrument
from feeds.storage.live import LiveStore
from omega_site.asgi import application
from tests.clock import ManualClock
from tests.dashboard.conftest import Visitor, Writer
from tests.dashboard.samples import NOON, feed_state, price_state, trade
from tests.redis_server import RedisServer
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = "http://127.0.0.1:8000"
Pair = tuple[RedisServer, RedisServer]


def communicator(cookie: str, origin: str = ORIGIN, app: Any = application, asked: str = "") -> WebsocketCommunicator:
    headers = [(b"origin", origin.encode()), (b"cookie", cookie.encode()), (b"host", b"127.0.0.1:8000")]
    return WebsocketCommunicator(app, f"/ws/dashboard/{asked}", headers=headers)


@asynccontextmanager
async def connected(visitor: Visitor, app: Any = application, asked: str = "") -> AsyncIterator[WebsocketCommunicator]:
    socket = communicator(visitor.cookie, app=app, asked=asked)
    is_accepted, _ = await socket.connect(timeout=5)
    assert is_accepted
    try:
        yield socket
    finally:
        await socket.disconnect()


async def closed_with(socket: WebsocketCommunicator) -> int:
    """The close code, after whatever else was still sent."""
    while True:
        output = await socket.receive_output(timeout=5)
        if output["type"] == "websocket.close":
            return int(output["code"])


def with_clock(clock: ManualClock) -> ASGIApplication:
    """The same route, on a clock that the test moves; the hub keeps its own."""
    consumer = DashboardConsumer.as_asgi(hubs=Hubs(SystemClock()), clock=clock)
    routes: list[Any] = [path("ws/dashboard/", consumer)]  # type: ignore[arg-type]
    return AuthMiddlewareStack(URLRouter(routes))


async def test_a_stranger_is_refused_before_the_socket_opens(transactional_db: None) -> None:
    """Without a login nothing is accepted."""
    is_accepted, code = await communicator("").connect(timeout=5)
    assert (is_accepted, code) == (False, 4401)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:9999", "https://127.0.0.1:8000", "http://[", "http://a:b"]
)
async def test_another_origin_is_refused_although_the_cookie_is_good(visitor: Visitor, origin: str) -> None:
    """A page of another site, port or scheme cannot ride on the session."""
    is_accepted, _ = await communicator(visitor.cookie, origin).connect(timeout=5)
    assert not is_accepted


async def test_a_foreign_origin_is_refused_at_once_while_redis_is_away(
    visitor: Visitor, own_redis: RedisServer, settings: Settings
) -> None:
    """The refusal needs no channel layer, so a stranger cannot hold handshakes open."""
    layer = settings.CHANNEL_LAYERS["default"]
    hosts = [{**layer["CONFIG"]["hosts"][0], "address": own_redis.url}]
    settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": {"hosts": hosts}}}
    own_redis.stop()
    is_accepted, _ = await communicator(visitor.cookie, "http://evil.example").connect(timeout=0.5)
    assert not is_accepted


async def test_the_whole_state_comes_first_in_one_frame(visitor: Visitor, writer: Writer) -> None:
    """F-25: price, venue and age are there with the first frame."""
    await writer.log(trade(1, "64000.10"))
    await writer.show(price_state(trade(1, "64000.10"), NOON))
    await writer.show(feed_state(NOON))
    async with connected(visitor) as socket:
        frame = json.loads(await socket.receive_from(timeout=5))
    assert [message["type"] for message in frame] == [
        *("hello", "trades", "health", "venues", "feed", "uptime", "latency", "price", "candle", "tick")
    ]
    assert all(message["v"] == 1 for message in frame)
    assert frame[3]["active"] == "binance"
    assert (frame[7]["price"], frame[7]["seen_at"]) == ("64000.10", "2026-03-01T12:00:00Z")


async def test_a_browser_is_sent_the_feed_and_the_instrument_that_it_asks_for(visitor: Visitor, writer: Writer) -> None:
    """Issue 4, item 8: each feed has its own order of venues, and of its instruments a page shows one."""
    await database_sync_to_async(_add_feed)()
    await writer.log(structs.replace(trade(1, "3000"), instrument="ETH-USDT"), trade(2, "64000"))
    async with connected(visitor, asked="?feed=second&instrument=BTC-USDT") as socket:
        frame = json.loads(await socket.receive_from(timeout=5))
    assert (frame[0]["feed"], frame[0]["instruments"]) == ("Second feed", ["BTC-USDT", "ETH-USDT"])
    assert {message["instrument"] for message in frame if "instrument" in message} == {"BTC-USDT"}


def _add_feed() -> None:
    feed = Feed.objects.create(name="second", title="Second feed")
    feed.instruments.add(Instrument.objects.get(), Instrument.objects.create(code="ETH-USDT"))


@pytest.mark.parametrize("stays_ms", [0, 2, 5, 10, 20])
async def test_a_browser_that_leaves_leaves_nothing_behind(visitor: Visitor, writer: Writer, stays_ms: int) -> None:
    """Whenever a socket closes, its consumer ends at once, in the middle of a database call too."""
    consumer = DashboardConsumer.as_asgi(hubs=Hubs(SystemClock()), login_every=0.001)
    routes: list[Any] = [path("ws/dashboard/", consumer)]  # type: ignore[arg-type]
    socket = communicator(visitor.cookie, app=AuthMiddlewareStack(URLRouter(routes)))
    await socket.connect(timeout=5)
    await asyncio.sleep(stays_ms / 1000)
    began = asyncio.get_running_loop().time()
    await socket.disconnect(timeout=5)
    assert asyncio.get_running_loop().time() - began < 1


async def test_a_logout_closes_the_socket(visitor: Visitor, writer: Writer, clock: ManualClock) -> None:
    """A socket does not outlive its session."""
    async with connected(visitor, with_clock(clock)) as socket:
        await socket.receive_from(timeout=5)
        await database_sync_to_async(visitor.client.logout)()
        await clock.advance(5)
        assert await closed_with(socket) == 4401


async def test_a_user_who_is_switched_off_loses_the_socket(
    visitor: Visitor, writer: Writer, clock: ManualClock
) -> None:
    """The user is looked up again, not remembered."""
    async with connected(visitor, with_clock(clock)) as socket:
        await socket.receive_from(timeout=5)
        visitor.user.is_active = False
        await visitor.user.asave()
        await clock.advance(5)
        assert await closed_with(socket) == 4401


async def test_three_bad_frames_close_the_socket(visitor: Visitor, writer: Writer) -> None:
    """Each one is answered with what was wrong; the third is the last."""
    async with connected(visitor) as socket:
        for frame in ("hello?", '{"type":"pong","more":1}', "[]"):
            await socket.send_to(text_data=frame)
        errors: list[dict[str, str]] = []
        while len(errors) < 3:
            frame = json.loads(await socket.receive_from(timeout=5))
            errors += [message for message in frame if message["type"] == "error"]
        assert errors[0] == {
            "type": "error",
            "v": 1,
            "code": "bad_frame",
            "text": 'Only {"type":"pong"} and {"type":"painted"} are understood here.',
        }
        assert await closed_with(socket) == 1008


@pytest.mark.parametrize("said", ['"2026-03-01T12:00:00"', '"yesterday"', "12", "null"])
async def test_what_was_painted_has_a_time_with_its_zone(visitor: Visitor, writer: Writer, said: str) -> None:
    """F-31: anything else is a bad frame."""
    async with connected(visitor) as socket:
        await socket.send_to(text_data=f'{{"type":"painted","received_at":{said}}}')
        while '"bad_frame"' not in await socket.receive_from(timeout=5):
            pass


async def test_what_was_painted_is_measured(visitor: Visitor, writer: Writer) -> None:
    """F-31: a browser's word comes back to all of them as the last hop of the way."""
    async with connected(visitor) as socket:
        await socket.receive_from(timeout=5)
        now = datetime.now(UTC).isoformat()
        await socket.send_to(text_data=json.dumps({"type": "painted", "received_at": now}))
        while "Until on the screen" not in await socket.receive_from(timeout=5):
            pass


async def test_a_frame_that_is_too_big_closes_the_socket(visitor: Visitor, writer: Writer) -> None:
    """4096 bytes are enough for anything a browser has to say."""
    async with connected(visitor) as socket:
        await socket.send_to(text_data=" " * 4097)
        assert await closed_with(socket) == 1009


async def test_a_client_that_talks_too_much_is_closed(visitor: Visitor, writer: Writer) -> None:
    """Twenty frames in ten seconds are the most."""
    async with connected(visitor) as socket:
        for _ in range(21):
            await socket.send_to(text_data='{"type":"pong"}')
        assert await closed_with(socket) == 1008


async def test_a_client_that_never_answers_is_closed(visitor: Visitor, writer: Writer, clock: ManualClock) -> None:
    """Daphne would buffer for it without bound, so nothing more is sent and then it has to go."""
    async with connected(visitor, with_clock(clock)) as socket:
        await socket.receive_from(timeout=5)
        await clock.advance(11)
        await socket.receive_from(timeout=5)
        await wait_until(lambda: clock.sleepers >= 2)
        await clock.advance(20)
        assert await closed_with(socket) == 4408


async def test_a_client_that_answers_stays(visitor: Visitor, writer: Writer, clock: ManualClock) -> None:
    """A minute of pongs keeps the line."""
    async with connected(visitor, with_clock(clock)) as socket:
        for _ in range(12):
            await clock.advance(5)
            await socket.send_to(text_data='{"type":"pong"}')
            await asyncio.sleep(0)
        await writer.log(trade(1, "10"))
        while '"trades"' not in str(await socket.receive_from(timeout=5)):
            pass


async def test_sockets_stay_while_both_servers_hang(visitor: Visitor, redis_pair: Pair) -> None:
    """R13, R15: the browser is told within 3 s, its ticks go on, and it goes on by itself when they are back."""
    async with connected(visitor) as socket:
        await told(socket, lambda health: health["redis"] == "up")
        for server in redis_pair:
            server.freeze()
        try:
            # Before that, one of them may be told to have taken over from the other.
            down = await told(socket, lambda health: kinds(health) == ["redis"], within=3.0)
            assert down["redis"] == "down"
        finally:
            for server in redis_pair:
                server.thaw()
        await told(socket, lambda health: health["redis"] == "up" and not health["lines"], within=3.0)
        async with writing() as writer:
            await writer.log(trade(7, "64000.10"))
        while '"trades"' not in str(await socket.receive_from(timeout=5)):
            pass


async def test_the_browser_is_told_who_took_over(visitor: Visitor, redis_pair: Pair) -> None:
    """L-01: within 2 s of the primary's end, and no more once it is back."""
    async with connected(visitor) as socket:
        await told(socket, lambda health: health["redis"] == "up")
        redis_pair[0].stop()
        line = (await told(socket, lambda health: health["lines"], within=2.0))["lines"][0]
        assert line["kind"] == "failover"
        assert line["text"].startswith("The second store of live data has taken over")
        redis_pair[0].start()
        await told(socket, lambda health: not health["lines"], within=3.0)


def kinds(health: dict[str, Any]) -> list[str]:
    return [line["kind"] for line in health["lines"]]


async def told(
    socket: WebsocketCommunicator, is_so: Callable[[dict[str, Any]], object], within: float = 5.0
) -> dict[str, Any]:
    """The first health message of which this is true. The ticks before it are answered."""
    async with asyncio.timeout(within):
        while True:
            for message in json.loads(await socket.receive_from(timeout=5)):
                if message["type"] == "tick":
                    await socket.send_to(text_data='{"type":"pong"}')
                if message["type"] == "health" and is_so(message):
                    found: dict[str, Any] = message
                    return found


@asynccontextmanager
async def writing() -> AsyncIterator[Writer]:
    store = LiveStore()
    yield Writer(store)
    await store.close()
