"""Frames that no venue would send: the session ends at once, for that reason, and takes little memory."""

import asyncio
import gzip
from collections.abc import Iterable
from itertools import chain, repeat
from random import Random

import pytest

from feeds.errors import ProtocolBroken
from tests.clock import ManualClock
from tests.exchange.dialect import Say
from tests.exchange.server import Exchange
from tests.faults import wire
from tests.faults.memory import MIB, growth
from tests.faults.peer import peer
from tests.faults.scripts import upgrade
from tests.faults.session import end_of
from tests.feeds.connection.listener import connect, hear, hear_trade, listening

WITHIN_S = 1.0
MANY = 4096


async def end_after(contents: Iterable[bytes], clock: ManualClock) -> ProtocolBroken:
    """The end of a session with a peer that says this and never hangs up: within a second, below 8 MiB."""
    async with peer(upgrade(contents)) as there:
        with growth() as grown:
            async with asyncio.timeout(WITHIN_S):
                end = await end_of(f"ws://{there.host}/", clock)
    assert isinstance(end, ProtocolBroken)
    assert grown.bytes <= 8 * MIB
    return end


async def test_frame_of_a_mebibyte_and_a_byte(clock: ManualClock) -> None:
    """E16 E23: closed with 1009, whether it comes or is only announced."""
    assert (await end_after([wire.frame(b"x" * (MIB + 1))], clock)).code == 1009
    assert (await end_after([wire.head(2**62)], clock)).code == 1009


@pytest.mark.parametrize("size", [64 * 1024, 1, 0])
async def test_fragments_without_an_end(clock: ManualClock, size: int) -> None:
    """E23: large ones, tiny ones, and such as hold nothing."""
    more = wire.frame(b"x" * size, wire.TEXT_GOES_ON)
    parcel = more * max(1, MANY // (size + 1))
    assert (await end_after(chain([wire.frame(b"", wire.TEXT_BEGINS)], repeat(parcel)), clock)).code == 1009


@pytest.mark.parametrize(
    "content",
    [
        wire.frame(b"{}", wire.TEXT_WITH_RESERVED_BIT),
        wire.frame(b"", wire.UNKNOWN_KIND),
        wire.frame(b"{}", wire.TEXT_GOES_ON),
        wire.frame(b"x", wire.PING_BEGINS),
        wire.frame(b"x" * 126, wire.PING),
        wire.frame(b"\x03", wire.CLOSE),
        Random(7).randbytes(100_000),
    ],
    ids=["reserved bit", "unknown kind", "end without beginning", "cut ping", "long ping", "half a code", "garbage"],
)
async def test_frame_that_is_none(clock: ManualClock, content: bytes) -> None:
    """E23: closed with 1002."""
    assert (await end_after([content], clock)).code == 1002


async def test_gzip_bomb_costs_little(exchange: Exchange, clock: ManualClock) -> None:
    """E22: 50 MB in 48 kB, over a socket: 4 MiB at most, one bad frame, and the session goes on."""
    bomb = gzip.compress(b" " * 50_000_000)
    async with listening(exchange, clock, "htx") as frames:
        connection = await connect(exchange, frames, "htx")
        with growth() as grown:
            connection.do([Say(bomb)])
            while (received := await hear(frames)).bad_frame is None:
                """A heartbeat may come first."""
        assert received.bad_frame.reason == "gzip_size"
        assert grown.bytes <= 4 * MIB
        await hear_trade(exchange, frames, "htx")
