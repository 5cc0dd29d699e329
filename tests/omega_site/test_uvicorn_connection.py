"""What a peer can do to a connection of the broadcast ports, which is little."""

import asyncio
from typing import Any

import pytest
from pytest_django import Settings

from dashboard.protocol import bounds
from omega_site import uvicorn_connection as connection
from tests.omega_site.holding import Holder, ask, raw_handshake, serving
from tests.waiting import wait_until


async def test_closed_reader_is_cut(monkeypatch: pytest.MonkeyPatch, served: int, holder: Holder) -> None:
    """C3: an application's close does not wait behind what is not read, and the connection ends soon after."""
    monkeypatch.setattr(connection, "CLOSE_WITHIN_S", 0.05)
    _, writer = await raw_handshake(served, reads=False)
    await wait_until(lambda: holder.sockets)
    (send,) = holder.sockets
    blocked = asyncio.create_task(flood(send))
    await asyncio.wait({blocked}, timeout=0.05)
    assert not blocked.done()
    await asyncio.wait_for(send({"type": "websocket.close", "code": 4008}), 1)
    await asyncio.wait_for(blocked, 1)
    await wait_until(lambda: holder.ended)
    await asyncio.wait_for(until_lost(writer), 3)


async def test_reader_that_only_says_goodbye_is_cut(
    monkeypatch: pytest.MonkeyPatch, served: int, holder: Holder
) -> None:
    """C3: its close frame ends uvicorn's patience timer; what it has not read keeps nothing all the same."""
    monkeypatch.setattr(connection, "FAIL_WITHIN_S", 0.05)
    _, writer = await raw_handshake(served, reads=False)
    await wait_until(lambda: holder.sockets)
    (send,) = holder.sockets
    flooding = asyncio.create_task(flood(send))
    await asyncio.wait({flooding}, timeout=0.05)
    await send({"type": "websocket.close", "code": 4008})
    writer.write(b"\x88\x82\0\0\0\0\x0f\xa8")
    await flooding
    await asyncio.wait_for(until_lost(writer), 3)


async def test_application_that_leaves_is_followed(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """C3: it ends without a close, such as by a cancellation, and what its client has not read keeps nothing."""

    async def leave(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await asyncio.wait({asyncio.create_task(flood(send))}, timeout=0.1)

    monkeypatch.setattr(connection, "CLOSE_WITHIN_S", 0.05)
    async with serving(settings, leave) as served:
        _, writer = await raw_handshake(served, reads=False)
        await asyncio.wait_for(until_lost(writer), 3)


async def flood(send: Any) -> None:
    for _ in range(400):
        await send({"type": "websocket.send", "text": "x" * 50_000})


async def until_lost(writer: asyncio.StreamWriter) -> None:
    """Writing to a connection that the server has dropped fails."""
    try:
        while True:
            writer.write(b"\x8a\x80\0\0\0\0")
            await writer.drain()
            await asyncio.sleep(0.01)
    except ConnectionError:
        return


async def test_dead_peer_is_dropped(monkeypatch: pytest.MonkeyPatch, settings: Settings, holder: Holder) -> None:
    """W-10, C4: who does not answer a ping is dropped, also with unread data before it."""
    assert (bounds.PING_EVERY_S, bounds.PONG_WITHIN_S, connection.FAIL_WITHIN_S) == (20, 10, 1)
    for name in ("PING_EVERY_S", "PONG_WITHIN_S"):
        monkeypatch.setattr(bounds, name, 0.05)
    monkeypatch.setattr(connection, "FAIL_WITHIN_S", 0.05)
    async with serving(settings, holder) as served:
        _, writer = await raw_handshake(served, reads=False)
        await wait_until(lambda: holder.sockets)
        (send,) = holder.sockets
        await asyncio.wait({asyncio.create_task(flood(send))}, timeout=2)
        await wait_until(lambda: holder.ended)
        writer.close()


async def test_silent_connection_is_cut(monkeypatch: pytest.MonkeyPatch, settings: Settings, holder: Holder) -> None:
    """C4: neither half a request nor none at all keeps a connection."""
    monkeypatch.setattr(connection, "OPEN_WITHIN_S", 0.05)
    async with serving(settings, holder) as served:
        assert await ask(served, b"") == b""
        assert await ask(served, b"GET / HTTP/1.1\r\nHost:") == b""


@pytest.mark.parametrize("fin", [0x80, 0x00])
async def test_oversize_frame_is_refused_by_its_header(served: int, fin: int) -> None:
    """C5: 1009 comes while the rest is still being sent, and the rest is read by nobody."""
    reader, writer = await raw_handshake(served)
    writer.write(bytes([fin | 0x01, 0xFF]) + (64 << 20).to_bytes(8, "big") + b"\0\0\0\0" + bytes(1 << 20))
    head = await asyncio.wait_for(reader.readexactly(4), 1)
    assert (head[0], int.from_bytes(head[2:], "big")) == (0x88, 1009)
    # The reason, and the end of the stream: a reset, which may eat both, would raise here.
    writer.write(bytes(1 << 20))
    await writer.drain()
    await asyncio.wait_for(reader.read(), 1)
    writer.close()


async def test_fragments_are_counted_together(served: int) -> None:
    """C5: a message of small frames is bounded as well."""
    reader, writer = await raw_handshake(served)
    writer.write(frame(0x01, bytes(15_000)) + frame(0x00, bytes(1_400)))
    head = await asyncio.wait_for(reader.readexactly(4), 1)
    assert (head[0], int.from_bytes(head[2:], "big")) == (0x88, 1009)
    writer.close()


def frame(first: int, payload: bytes) -> bytes:
    """Masked with zeros."""
    return bytes([first, 0xFE]) + len(payload).to_bytes(2, "big") + b"\0\0\0\0" + payload


async def test_bad_text_leaves_no_traceback(served: int, caplog: pytest.LogCaptureFixture) -> None:
    """C6: 1007 for the client, and nothing in the log that a stranger can fill."""
    reader, writer = await raw_handshake(served)
    writer.write(frame(0x81, b"\xff" * 126))
    head = await asyncio.wait_for(reader.readexactly(4), 1)
    assert (head[0], int.from_bytes(head[2:4], "big")) == (0x88, 1007)
    writer.close()
    assert caplog.records == []


async def test_refused_handshake_is_no_error(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """C8, S15: an application's 429 is a whole answer; a flood of them is no flood of lines."""

    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.http.response.start", "status": 429, "headers": [(b"content-length", b"3")]})
        await send({"type": "websocket.http.response.body", "body": b"no", "more_body": True})
        await send({"type": "websocket.http.response.body", "body": b"\n"})

    async with serving(settings, refuse) as served:
        answer = await ask(served, f"{HANDSHAKE}{KEY}\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
    assert answer.endswith(b"\r\n\r\nno\n")
    assert b"500" not in answer
    assert caplog.records == []


HANDSHAKE = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
KEY = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (HANDSHAKE, 400),
        (HANDSHAKE + KEY.replace("13", "12"), 400),
        (HANDSHAKE.replace("GET", "POST") + KEY, 405),
        (HANDSHAKE + KEY + f"X-Long: {'x' * 10_000}\r\n", 431),
        (HANDSHAKE + KEY + "".join(f"X-{number}: 1\r\n" for number in range(150)), 431),
        ("GET /\r\n", 400),
        ("\x16\x03\x01\x02\x00", 400),
    ],
)
async def test_bad_handshake_is_answered(
    served: int, request_head: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """C15: 4xx and the end of the connection, without a word in the log."""
    answer = await ask(served, f"{request_head}\r\n".encode("latin1"))
    assert int(answer.split()[1]) == status
    assert caplog.records == []
