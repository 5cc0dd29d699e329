"""What a bad server does with a connection: never answer, answer with a page, speak WebSocket until it goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from websockets.utils import accept_key

from tests.faults.peer import Script, Visit

END_OF_HEAD = b"\r\n\r\n"


async def never_answer(visit: Visit) -> None:
    await visit.hear_all()


def answer(status: str, *headers: str, body: bytes = b"") -> Script:
    """One answer of HTTP to whatever was asked; then the line ends."""
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]).encode()

    async def script(visit: Visit) -> None:
        await visit.hear(END_OF_HEAD)
        await visit.say(head + body)

    return script


def begin_answer(status: str, *headers: str, body: bytes) -> Script:
    """An answer whose body does not end with what came of it."""
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()

    async def script(visit: Visit) -> None:
        await visit.hear(END_OF_HEAD)
        await visit.say(head + body)
        await visit.hear_all()

    return script


def upgrade(contents: Iterable[bytes], *, is_asked: bool = True) -> Script:
    """A proper WebSocket handshake; these bytes, as a rule once the client has asked; and nothing but listening."""

    async def script(visit: Visit) -> None:
        await accept(visit)
        if is_asked:
            visit.heard += await visit.reader.read(64 * 1024)
        listening = asyncio.create_task(visit.hear_all())
        for content in contents:
            await visit.say(content)
            # An endless flow leaves room for others: `drain` waits only where the line is full.
            await asyncio.sleep(0)
        await listening

    return script


async def accept(visit: Visit) -> None:
    """https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2"""
    head = await visit.hear(END_OF_HEAD)
    lines = (line.partition(b": ") for line in head.split(b"\r\n"))
    key = next(value for name, _, value in lines if name.lower() == b"sec-websocket-key")
    lines_back = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept_key(key.decode())}",
        "",
        "",
    ]
    await visit.say("\r\n".join(lines_back).encode())
