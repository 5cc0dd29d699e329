"""A server that does with each connection what a script says, byte by byte, and keeps what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ssl import SSLContext


@dataclass
class Visit:
    """One connection, from the server's side."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: bytearray = field(default_factory=bytearray)

    async def hear(self, end: bytes) -> bytes:
        """What comes up to this ending, which must come."""
        text = await self.reader.readuntil(end)
        self.heard += text
        return text

    async def hear_all(self) -> None:
        """Listens until the client leaves, politely or not."""
        with suppress(ConnectionError):
            while data := await self.reader.read(64 * 1024):
                self.heard += data

    async def say(self, content: bytes) -> None:
        self.writer.write(content)
        await self.writer.drain()


Script = Callable[[Visit], Awaitable[None]]


class Peer:
    """`host` is what an address begins with; `visits` are the connections that got past the handshake of TLS."""

    def __init__(self, script: Script) -> None:
        self.host = ""
        self.visits: list[Visit] = []
        self._script = script
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def heard(self) -> bytes:
        return b"".join(visit.heard for visit in self.visits)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        visit = Visit(reader, writer)
        self.visits.append(visit)
        try:
            await self._script(visit)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            """The client left, or the test is over."""
        finally:
            self._tasks.discard(task)
            writer.close()

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def peer(script: Script, tls: SSLContext | None = None) -> AsyncIterator[Peer]:
    """Listens on a port of its own, as long as the block lasts."""
    there = Peer(script)
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0, ssl=tls)
    there.host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield there
        await there.end()
