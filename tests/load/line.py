"""One client's connection: the handshake, then frames to its listener and answers back."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.faults import wire
from tests.load.frames import PONG, FrameReader, masked
from tests.load.listener import Listener

_END_OF_HEAD: Final = b"\r\n\r\n"
_KEY: Final = "bG9hZCBjbGllbnQga2V5IQ=="
SWITCHED: Final = 101
ABNORMAL: Final = 1006


@dataclass(frozen=True)
class Door:
    """Where to knock, from where, and with what in the head of the request."""

    port: int
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    source: str = "127.0.0.1"
    # Bytes that the kernel keeps for a client that does not read; 0: as many as it likes.
    buffer: int = 0

    @property
    def request(self) -> bytes:
        lines = {
            "Host": f"127.0.0.1:{self.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": _KEY,
            "Sec-WebSocket-Version": "13",
            **self.headers,
        }
        head = [f"GET {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items()), "", ""]
        return "\r\n".join(head).encode()

    def open_socket(self) -> socket.socket:
        """Linux lets a client be any address of 127.0.0.0/8, so that one machine is many to the server."""
        made = socket.socket()
        made.setblocking(False)
        # Many short connections: their ports are to be had again at once.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self.buffer:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.buffer)
        made.bind((self.source, 0))
        return made


class Line(asyncio.Protocol):
    """`status` of the handshake, 0 before its answer; `code` of the end, None while it is open."""

    def __init__(self, request: bytes, listener: Listener) -> None:
        self._request = request
        self.listener = listener
        self.status = 0
        self.code: int | None = None
        self.ended_at = 0.0
        self._head = b""
        self._frames = FrameReader()
        # The server agreed or refused; the client has the state, or never gets it; the connection is over.
        self.answered, self.served, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.transport: asyncio.Transport

    @property
    def is_open(self) -> bool:
        return self.status == SWITCHED and self.code is None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.time()
        if self.status != SWITCHED:
            data = self._read_head(data)
        for first, payload in self._frames.feed(data):
            if first == wire.TEXT:
                for answer in self.listener.hear(payload, now):
                    self.say(answer)
            elif first == wire.PING:
                self.transport.write(masked(payload, PONG))
            elif first == wire.CLOSE:
                self._take_close(payload)
        if self.listener.has_state:
            self.served.set()

    def say(self, text: bytes) -> None:
        self.transport.write(masked(text))

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(ABNORMAL)
        for event in (self.answered, self.served, self.ended):
            event.set()

    def cut(self) -> None:
        """As if the cable were pulled: nothing is said."""
        self.transport.abort()

    def close(self) -> None:
        """Politely."""
        self.transport.write(masked((1000).to_bytes(2, "big"), wire.CLOSE))
        self.transport.close()

    def _read_head(self, data: bytes) -> bytes:
        """What comes after the head, once that is complete and the server agreed."""
        head, end, rest = (self._head + data).partition(_END_OF_HEAD)
        if not end:
            self._head = head
            return b""
        self.status = int(head.split(b" ", 2)[1])
        self.answered.set()
        return rest if self.status == SWITCHED else b""

    def _take_close(self, payload: bytes) -> None:
        self._end(int.from_bytes(payload[:2], "big") if payload else 1005)
        self.transport.write(masked(payload[:2], wire.CLOSE))
        self.transport.close()

    def _end(self, code: int) -> None:
        if self.code is None:
            self.code, self.ended_at = code, time.monotonic()


async def connect(door: Door, listener: Listener) -> Line:
    """Returns once the server answered the handshake, either way. OSError where it is not there."""
    loop = asyncio.get_running_loop()
    listener.begin()
    made = door.open_socket()
    try:
        await loop.sock_connect(made, ("127.0.0.1", door.port))
        _, line = await loop.create_connection(lambda: Line(door.request, listener), sock=made)
    except OSError:
        made.close()
        raise
    await line.answered.wait()
    return line
