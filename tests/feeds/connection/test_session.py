"""One connection from its handshake to its end, over a real socket and by the test's clock."""

import gzip
from collections.abc import Iterable
from datetime import datetime

import pytest

from feeds.connection.socket import MAX_FRAME_BYTES
from feeds.connection.stall import SessionTiming
from feeds.errors import ClosedByVenue, NotAcknowledged, PongMissing, ProtocolBroken, Silent
from feeds.pace import Rate
from feeds.types import Notice, Reply, Subscribed
from feeds.venues.base import Request
from feeds.venues.binance import Binance
from tests.clock import ManualClock
from tests.exchange.dialect import Limits, Say
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.listener import PRICE, connect, expect, hear, hear_end, hear_trade, listening, pass_time
from tests.waiting import wait_until


async def test_session_is_connected_after_acknowledgements_and_data(exchange: Exchange, clock: ManualClock) -> None:
    """E19: each topic acknowledged is not enough, neither is data before the last one."""
    async with listening(exchange, clock, "htx") as frames:
        acknowledgements = [await hear(frames), await hear(frames)]
        assert [type(event) for received in acknowledgements for event in received.events] == [Subscribed, Subscribed]
        assert not any(received.is_connected for received in acknowledgements)
        assert (await hear_trade(exchange, frames, "htx")).is_connected


async def test_silence_with_answered_pings_ends_the_session(exchange: Exchange, clock: ManualClock) -> None:
    """E7: pongs prove nothing; three seconds after the last data the session is left."""
    async with listening(exchange, clock, timing=SessionTiming(ping_every=1.0)) as frames:
        connection = await connect(exchange, frames)
        next_frame = expect(frames)
        await clock.advance(1.0)
        await wait_until(lambda: connection.frames_received == 2)
        await clock.advance(1.0)
        await wait_until(lambda: connection.frames_received == 3)
        await clock.advance(0.9)
        assert not next_frame.done()
        await clock.advance(0.1)
        with pytest.raises(Silent):
            await next_frame
    await wait_until(lambda: not exchange.open_connections)


async def test_session_without_a_first_message_is_silent(exchange: Exchange, clock: ManualClock) -> None:
    """E8 E9: acknowledged, mute from the start, and left after three seconds all the same."""
    exchange.faults.set("binance", "mute")
    async with listening(exchange, clock) as frames:
        assert (await hear(frames)).events == [Subscribed("1")]
        next_frame = expect(frames)
        await clock.advance(3.0)
        with pytest.raises(Silent):
            await next_frame


async def test_missing_pong_ends_a_session_with_data(exchange: Exchange, clock: ManualClock) -> None:
    """F-07 E10: trades flow, pongs do not: over within 40 s, and not before the ping was due."""
    exchange.faults.set("binance", "swallow_pongs")
    async with listening(exchange, clock) as frames:
        await connect(exchange, frames)
        with pytest.raises(PongMissing):
            await pass_time(exchange, frames, clock, seconds=60.0, step=2.0)
    assert 30.0 < clock.monotonic() <= 40.0


async def test_answered_pings_keep_the_session(exchange: Exchange, clock: ManualClock) -> None:
    """F-07: a ping every 30 s, three in 100 s, beside the one subscription."""
    async with listening(exchange, clock) as frames:
        await connect(exchange, frames)
        await pass_time(exchange, frames, clock, seconds=100.0, step=2.0)
        assert exchange.connections[-1].frames_received == 1 + 3


@pytest.mark.parametrize("code", [1000, 1001, 1005, 1008, 1012, 1013, 4001])
async def test_close_by_the_venue_is_told_with_its_code(exchange: Exchange, clock: ManualClock, code: int) -> None:
    """E14 E15: a polite close is the end of a session like any other."""
    async with listening(exchange, clock) as frames:
        await connect(exchange, frames)
        exchange.faults.set("binance", "close", code=code)
        with pytest.raises(ClosedByVenue) as end:
            await hear_end(frames)
    assert end.value.code == code


async def test_cut_line_is_code_1006(exchange: Exchange, clock: ManualClock) -> None:
    """E13: no close frame came."""
    async with listening(exchange, clock) as frames:
        await connect(exchange, frames)
        exchange.faults.set("binance", "hang_up")
        with pytest.raises(ClosedByVenue) as end:
            await hear_end(frames)
    assert end.value.code == 1006


class _AskedTwice(Binance):
    """A second request, whose answer comes under another id."""

    def subscribe(self, symbols: Iterable[str], now: datetime) -> list[Request]:
        return [*super().subscribe(symbols, now), Request("2", '{"method":"LIST_SUBSCRIPTIONS","id":3}')]


async def test_missing_acknowledgement_ends_a_session_with_data(exchange: Exchange, clock: ManualClock) -> None:
    """E19: an answer to something else is none; after five seconds the session is left, never connected."""
    async with listening(exchange, clock, _AskedTwice()) as frames:
        assert (await hear(frames)).events == [Subscribed("1")]
        await pass_time(exchange, frames, clock, seconds=4.0, step=1.0)
        assert not (await hear_trade(exchange, frames)).is_connected
        with pytest.raises(NotAcknowledged):
            await pass_time(exchange, frames, clock, seconds=60.0, step=1.0)
    assert clock.monotonic() == 5.0


async def test_leaving_early_closes_politely(exchange: Exchange, clock: ManualClock) -> None:
    """W2: the venue sees code 1000 when we stop listening."""
    async with listening(exchange, clock) as frames:
        connection = await connect(exchange, frames)
    await wait_until(lambda: not connection.is_open)
    assert connection.close_code == 1000
    assert clock.sleepers == 0


async def test_garbage_among_good_frames_is_reported_and_passed_over(exchange: Exchange, clock: ManualClock) -> None:
    """F-16: of 1 000 messages 100 are cut: 900 trades, 100 bad frames, one connection."""
    exchange.faults.set("binance", "garbage", every=9)
    async with listening(exchange, clock) as frames:
        await hear(frames)
        for _ in range(900):
            exchange.trade("binance", "BTC-USDT", PRICE)
        heard = [await hear(frames) for _ in range(1000)]
    assert sum(len(received.events) for received in heard) == 900
    assert [received.bad_frame.reason for received in heard if received.bad_frame] == ["json"] * 100
    assert len(exchange.connections) == 1


async def test_venues_own_pings_are_answered(clock: ManualClock) -> None:
    """HTX closes after two of its pings went unanswered; here it does not."""
    limits = {"htx": Limits(beat_every=0.01)}
    async with (
        Exchange(market=RandomMarket(rate=0), limits=limits) as exchange,
        listening(exchange, clock, "htx") as frames,
    ):
        pings = 0
        while pings < 10:
            pings += sum(isinstance(event, Reply) for event in (await hear(frames)).events)
        assert exchange.connections[-1].is_open


async def test_notice_is_passed_on(exchange: Exchange, clock: ManualClock) -> None:
    """E17: the shutdown warning is an event; the session goes on."""
    async with listening(exchange, clock) as frames:
        await connect(exchange, frames)
        exchange.faults.set("binance", "notice")
        (notice,) = (await hear(frames)).events
        assert isinstance(notice, Notice)
        await hear_trade(exchange, frames)


async def test_frame_beyond_a_mebibyte_ends_the_session(exchange: Exchange, clock: ManualClock) -> None:
    """F-11 E16: 1 MiB passes, one byte more closes the socket with 1009."""
    async with listening(exchange, clock) as frames:
        connection = await connect(exchange, frames)
        connection.do([Say("x" * MAX_FRAME_BYTES)])
        assert (await hear(frames)).bad_frame
        connection.do([Say("x" * (MAX_FRAME_BYTES + 1))])
        with pytest.raises(ProtocolBroken) as end:
            await hear_end(frames)
    assert end.value.code == 1009
    await wait_until(lambda: not connection.is_open)
    assert connection.close_code == 1009


async def test_gzip_bomb_is_one_bad_frame(exchange: Exchange, clock: ManualClock) -> None:
    """E22: 50 MB in 48 kB are not inflated; the session goes on."""
    async with listening(exchange, clock, "htx") as frames:
        connection = await connect(exchange, frames, "htx")
        connection.do([Say(gzip.compress(b" " * 50_000_000))])
        while (received := await hear(frames)).bad_frame is None:
            """A heartbeat may come first."""
        assert received.bad_frame.reason == "gzip_size"
        await hear_trade(exchange, frames, "htx")


async def test_silence_is_seen_by_who_may_not_send(exchange: Exchange, clock: ManualClock) -> None:
    """E7 E35: a ping that has no room in the venue's limit is put off, and the watch goes on."""
    timing = SessionTiming(ping_every=1.0, messages=Rate(2, 3600.0))
    async with listening(exchange, clock, timing=timing) as frames:
        connection = await connect(exchange, frames)
        next_frame = expect(frames)
        await clock.advance(3.0)
        with pytest.raises(Silent):
            await next_frame
    assert connection.frames_received == 1
