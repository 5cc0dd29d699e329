"""What a bad line does to the bytes on it. Each takes what came and yields what goes on, in its own time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

Toxic = Callable[[bytes], AsyncIterator[bytes]]


class Broken(Exception):
    """The line is gone, as if the peer's process had ended: FIN."""


class Reset(Broken):
    """The line is gone, as if a firewall had forgotten it: RST."""


async def clean(data: bytes) -> AsyncIterator[bytes]:
    """A line without a fault."""
    yield data


def drip(size: int, pause: Callable[[], Awaitable[None]]) -> Toxic:
    """`size` bytes at a time, each after a pause: a slow line, or with a large size a late one."""

    async def toxic(data: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(data), size):
            await pause()
            yield data[start : start + size]

    return toxic


async def stall(data: bytes) -> AsyncIterator[bytes]:
    """Nothing arrives any more, and nobody says so."""
    await asyncio.get_running_loop().create_future()
    yield data


async def swallow(data: bytes) -> AsyncIterator[bytes]:
    """Whatever is sent is gone, and nobody says so: packets are dropped."""
    return
    yield data


async def cut(data: bytes) -> AsyncIterator[bytes]:
    """The line ends before this arrives."""
    raise Broken
    yield data


async def reset(data: bytes) -> AsyncIterator[bytes]:
    """The line breaks before this arrives."""
    raise Reset
    yield data


def after(count: int, toxic: Toxic) -> Toxic:
    """A line that is clean for so many bytes."""
    left = count

    async def later(data: bytes) -> AsyncIterator[bytes]:
        nonlocal left
        head, tail = data[:left], data[left:]
        left -= len(head)
        if head:
            yield head
        if tail:
            async for part in toxic(tail):
                yield part

    return later
