"""The door: who is sent away before anything is looked up, with which answer, and who is counted."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from pytest_django import Settings

from dashboard.sockets.door import TOO_OFTEN, USER_SEATS, Door, Limits, limits_of_settings
from tests.clock import ManualClock
from tests.waiting import wait_until

OURS = "https://omega.example"
LIMITS = Limits(50, 32, 2000, 0, (OURS,))
ANSWERS: dict[str, Any] = {"extensions": {"websocket.http.response": {}}}


class Room:
    """What is behind the door: opens, and stays until the client leaves. Keeps the scopes that it was called with."""

    def __init__(self) -> None:
        self.scopes: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        await receive()
        await send({"type": "websocket.accept"})
        await receive()


class Caller:
    """A server's side of one handshake."""

    def __init__(self, door: Door, address: str = "1.1.1.1", *origins: str, **scope: Any) -> None:
        headers = [(b"origin", origin.encode()) for origin in origins]
        self._scope = {"type": "websocket", "path": "/", "headers": headers, "client": [address, 1]} | scope
        self._door = door
        self._leaves = asyncio.Event()
        self._events = [{"type": "websocket.connect"}]
        self.sent: list[dict[str, Any]] = []

    async def call(self) -> dict[str, Any]:
        """The first thing that is answered; the client leaves at once."""
        self._leaves.set()
        await self._door(self._scope, self._receive, self._send)
        return self.sent[0]

    @asynccontextmanager
    async def staying(self) -> AsyncIterator["asyncio.Task[None]"]:
        """In a task of its own, and inside, until the block ends."""
        task = asyncio.ensure_future(self._door(self._scope, self._receive, self._send))
        await wait_until(lambda: self.sent or task.done())
        try:
            yield task
        finally:
            self._leaves.set()
            await asyncio.wait([task])

    async def _receive(self) -> dict[str, Any]:
        if self._events:
            return self._events.pop()
        await self._leaves.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def _send(self, event: dict[str, Any]) -> None:
        self.sent.append(event)


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def door(room: Room, clock: ManualClock) -> Door:
    return Door(room, clock, LIMITS)


def with_limits(room: Room, clock: ManualClock, **limits: Any) -> Door:
    return Door(room, clock, LIMITS._replace(**limits))


async def test_who_comes_in_is_known_by_address_and_origin(door: Door, room: Room) -> None:
    """S16: what is behind reads it off the scope; without trusted proxies nobody's word is taken."""
    headers = [(b"origin", OURS.encode()), (b"x-forwarded-for", b"9.9.9.9")]
    assert (await Caller(door, headers=headers).call())["type"] == "websocket.accept"
    assert (await Caller(door).call())["type"] == "websocket.accept"
    inside = [(scope["address"], scope["has_own_origin"]) for scope in room.scopes]
    assert inside == [("1.1.1.1", True), ("1.1.1.1", False)]


async def test_the_scope_of_the_server_is_left_as_it_was(door: Door) -> None:
    """Servers keep theirs, and are entitled to find it unchanged."""
    scope: dict[str, Any] = {"type": "websocket", "headers": [], "client": None}
    caller = Caller(door, **scope)
    await caller.call()
    assert "address" not in caller._scope


async def test_a_foreign_page_gets_no_further(door: Door, room: Room) -> None:
    """S1: closed before it was accepted, and nothing behind the door has heard of it."""
    answer = await Caller(door, "1.1.1.1", "https://evil.example").call()
    assert answer == {"type": "websocket.close", "code": 1008, "reason": "Pages of this origin may not connect"}
    assert room.scopes == []
    assert len(door.seats) == 0


async def test_two_origins_are_none(door: Door, room: Room) -> None:
    """S1: ours beside another one, or twice."""
    for second in (OURS, "https://evil.example"):
        assert (await Caller(door, "1.1.1.1", OURS, second).call())["type"] == "websocket.close"
    assert room.scopes == []


@pytest.mark.parametrize(
    ("limits", "origin", "status", "body"),
    [
        ({"handshakes_per_second": 1}, OURS, 429, b"Too many connections in one second from this address.\n"),
        ({"sockets_per_address": 1}, OURS, 429, b"Too many open connections from this address.\n"),
        ({"sockets_max": 1}, OURS, 429, b"Too many open connections.\n"),
        ({}, "null", 403, b"Pages of this origin may not connect.\n"),
    ],
)
async def test_a_server_that_can_says_why(
    room: Room, clock: ManualClock, limits: dict[str, int], origin: str, status: int, body: bytes
) -> None:
    """C8: a status of its own and one sentence; nothing is looked up for it."""
    door = with_limits(room, clock, **limits)
    async with Caller(door).staying():
        refused = Caller(door, "1.1.1.1", origin, **ANSWERS)
        await refused.call()
    start, end = refused.sent
    assert (start["type"], start["status"]) == ("websocket.http.response.start", status)
    assert dict(start["headers"])[b"content-length"] == str(len(body)).encode()
    assert end == {"type": "websocket.http.response.body", "body": body}
    assert len(room.scopes) == 1


async def test_a_flood_from_one_address_is_cut_to_the_rate(door: Door, room: Room, clock: ManualClock) -> None:
    """C8: of 500 in a second 50 come through, 50 more in the next one, and others do not notice."""
    for _ in range(500):
        await Caller(door).call()
    assert len(room.scopes) == 50
    assert (await Caller(door, "2.2.2.2").call())["type"] == "websocket.accept"
    await clock.advance(1)
    for _ in range(500):
        await Caller(door).call()
    assert len(room.scopes) == 101


async def test_a_handshake_is_counted_once(door: Door, room: Room) -> None:
    """C8: what the server has counted, and let through, is not counted again at the door; all else of it is judged."""
    for _ in range(50):
        assert door.count("1.1.1.1", []) is None
        assert (await Caller(door, is_counted=True).call())["type"] == "websocket.accept"
    assert door.count("1.1.1.1", []) is TOO_OFTEN
    assert (await Caller(door).call())["type"] == "websocket.close"
    assert (await Caller(door, "1.1.1.1", "null", is_counted=True).call())["type"] == "websocket.close"
    assert door.count("1.1.1.2", []) is None


async def test_an_address_has_so_many_sockets(room: Room, clock: ManualClock) -> None:
    """C8: the next one is refused until one of them has gone; another address has its own."""
    door = with_limits(room, clock, sockets_per_address=2)
    async with Caller(door).staying():
        async with Caller(door).staying():
            assert (await Caller(door).call())["type"] == "websocket.close"
            assert (await Caller(door, "2.2.2.2").call())["type"] == "websocket.accept"
        assert (await Caller(door).call())["type"] == "websocket.accept"
    assert len(door.seats) == 0


async def test_a_network_of_ipv6_is_one_address(room: Room, clock: ManualClock) -> None:
    """C8: 2^64 addresses of one customer are not 2^64 allowances."""
    door = with_limits(room, clock, sockets_per_address=1)
    async with Caller(door, "2001:db8::1").staying():
        assert (await Caller(door, "2001:db8::2").call())["type"] == "websocket.close"
        assert (await Caller(door, "2001:db8:0:1::2").call())["type"] == "websocket.accept"


async def test_a_made_up_address_has_no_seat_of_its_own(room: Room, clock: ManualClock) -> None:
    """S16: behind one proxy only what that proxy adds is counted by, however many lines a client sends."""
    door = with_limits(room, clock, sockets_per_address=1, proxy_hops=1)
    async with Caller(door, headers=[(b"x-forwarded-for", b"7.7.7.7")]).staying():
        for made_up in (b"6.6.6.6, 7.7.7.7", b"1.2.3.4,7.7.7.7", b"::ffff:7.7.7.7"):
            answer = await Caller(
                door, headers=[(b"x-forwarded-for", b"8.8.8.8"), (b"x-forwarded-for", made_up)]
            ).call()
            assert answer["type"] == "websocket.close"
    assert [scope["address"] for scope in room.scopes] == ["7.7.7.7"]


async def test_a_seat_is_given_back_when_what_is_behind_breaks(clock: ManualClock) -> None:
    """However a connection ends, it is not counted any more."""

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise OSError("gone")

    door = Door(broken, clock, LIMITS)
    with pytest.raises(OSError, match="gone"):
        await Caller(door).call()
    assert len(door.seats) == 0


async def test_a_seat_is_given_back_when_the_server_cancels(door: Door) -> None:
    """Daphne cancels what does not end within ten seconds of its client."""
    async with Caller(door).staying() as task:
        assert len(door.seats) == 1
        task.cancel()
        await asyncio.wait([task])
        assert len(door.seats) == 0


async def test_channels_own_client_comes_through(door: Door) -> None:
    """A server that names no peer is let in: its clients share the limits of one address."""
    socket = WebsocketCommunicator(door, "/")
    assert await socket.connect() == (True, None)
    assert door.seats.taken("unknown") == 1
    await socket.disconnect()
    assert len(door.seats) == 0


async def test_a_flood_is_one_line_a_minute(door: Door, clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    """S15: told with the count, and with nothing that could forge a line."""
    caplog.set_level(logging.WARNING, "dashboard.sockets.door")
    for _ in range(70):
        await Caller(door, "1.1.1.1", "https://evil.example\r\nERROR all is lost").call()
    await clock.advance(60)
    await Caller(door, "2.2.2.2", "null").call()
    assert [record.getMessage() for record in caplog.records] == [
        "sockets refused, the last one from 1.1.1.1 with origin https://evil.example\\r\\nERROR all is lost: "
        "1 x Pages of this origin may not connect",
        "sockets refused, the last one from 2.2.2.2 with origin null: "
        "50 x Pages of this origin may not connect; 20 x Too many connections in one second from this address",
    ]


def test_limits_come_from_the_settings(settings: Settings) -> None:
    """All of them are an operator's to change."""
    settings.HANDSHAKES_PER_SECOND, settings.SOCKETS_PER_ADDRESS, settings.SOCKETS_MAX = 1, 2, 3
    settings.PROXY_HOPS, settings.ALLOWED_ORIGINS = 4, [OURS]
    assert limits_of_settings() == Limits(1, 2, 3, 4, (OURS,))


def test_a_user_has_eight_sockets() -> None:
    """C8: whatever the addresses."""
    taken = [USER_SEATS.take("nobody") for _ in range(9)]
    for _ in range(sum(taken)):
        USER_SEATS.leave("nobody")
    assert taken == [True] * 8 + [False]
