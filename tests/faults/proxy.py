"""A TCP proxy: what the server says goes to the client as the fault of the moment lets it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.faults.toxics import Broken, Reset, Toxic, clean

MAX_CHUNK = 64 * 1024


class Proxy:
    """`toxic` may be changed while connections are open, and `is_deaf` makes it drop what clients say.

    `passed` counts the bytes that reached clients, `dropped` those that did not, `unheard` those that clients said in
    vain; `broken` the connections that it cut.
    """

    def __init__(self, host: str, port: int, toxic: Toxic) -> None:
        self.toxic = toxic
        self.is_deaf = False
        self.passed = self.dropped = self.unheard = self.broken = 0
        self.port = 0
        self._target = (host, port)
        self._links: set[asyncio.Task[None]] = set()

    @property
    def links(self) -> int:
        """How many connections there are now."""
        return len(self._links)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until either side ends or the line breaks."""
        link = asyncio.current_task()
        assert link is not None
        self._links.add(link)
        there, target = await self._dial()
        asking = asyncio.create_task(self._ask(reader, target))
        try:
            await self._pass_on(there, writer)
        except Broken as broken:
            self.broken += 1
            _break(writer, broken)
        except (ConnectionError, asyncio.CancelledError):
            """Either side left, or the test is over."""
        finally:
            self._links.discard(link)
            asking.cancel()
            target.transport.abort()
            writer.close()

    async def end(self) -> None:
        for link in self._links:
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self._target
        return await (asyncio.open_connection(host, port) if port else asyncio.open_unix_connection(host))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(MAX_CHUNK):
            self.dropped += len(data)
            async for part in self.toxic(data):
                writer.write(part)
                await writer.drain()
                self.passed += len(part)
                self.dropped -= len(part)

    async def _ask(self, reader: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(MAX_CHUNK):
                if self.is_deaf:
                    self.unheard += len(data)
                    continue
                target.write(data)
                await target.drain()


@asynccontextmanager
async def proxy(host: str, port: int, toxic: Toxic = clean) -> AsyncIterator[Proxy]:
    """A proxy to this server on a port of its own. Without a port, the host is the path of a Unix socket."""
    between = Proxy(host, port, toxic)
    server = await asyncio.start_server(between.serve, "127.0.0.1", 0)
    between.port = server.sockets[0].getsockname()[1]
    async with server:
        yield between
        await between.end()


def _break(writer: asyncio.StreamWriter, broken: Broken) -> None:
    if isinstance(broken, Reset):
        # Lingering for no time at all is how a socket says RST instead of FIN.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
