"""KuCoin's way in: a token from its REST for each connection, and silence until it says welcome."""

from dataclasses import replace

import pytest

from feeds.errors import ClosedByVenue, ConnectFailed, HandshakeRefused, SubscriptionRefused
from feeds.types import Subscribed, Welcome
from tests.clock import ManualClock
from tests.exchange.dialects.kucoin import Kucoin
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.listener import connect, hear, hear_end, listening, pass_time


def tokens_asked(exchange: Exchange) -> int:
    return sum(not attempt.is_socket for attempt in exchange.attempts)


async def test_each_connection_asks_for_a_token_of_its_own(exchange: Exchange, clock: ManualClock) -> None:
    """E30: none is used twice."""
    for number in (1, 2, 3):
        async with listening(exchange, clock, "kucoin") as frames:
            await connect(exchange, frames, "kucoin")
        assert tokens_asked(exchange) == number
    assert len({connection.path for connection in exchange.connections}) == 3


async def test_welcome_comes_before_the_acknowledgements(exchange: Exchange, clock: ManualClock) -> None:
    """E30: and data after them."""
    async with listening(exchange, clock, "kucoin") as frames:
        said = [event for _ in range(3) for event in (await hear(frames)).events]
    assert said == [Welcome(), Subscribed("match-BTC-USDT"), Subscribed("ticker-BTC-USDT")]


async def test_nothing_is_said_before_the_welcome(exchange: Exchange, clock: ManualClock) -> None:
    """E30: a tenth of a second passes with an open connection, and then comes a refusal instead."""
    exchange.faults.set("kucoin", "slow", delay_ms=100)
    exchange.faults.set("kucoin", "refuse_token")
    async with listening(exchange, clock, "kucoin") as frames:
        with pytest.raises(ConnectFailed):
            await hear_end(frames)
    assert exchange.connections[-1].frames_received == 0


async def test_refused_token_ends_the_session(exchange: Exchange, clock: ManualClock) -> None:
    """E30: with the venue's words; the next connection asks for another token and is let in."""
    exchange.faults.set("kucoin", "refuse_token")
    async with listening(exchange, clock, "kucoin") as frames:
        with pytest.raises(ConnectFailed, match="token is expired"):
            await hear_end(frames)
    exchange.faults.clear()
    async with listening(exchange, clock, "kucoin") as frames:
        await connect(exchange, frames, "kucoin")
    assert tokens_asked(exchange) == 2


@pytest.mark.parametrize(
    ("status", "retry_after", "wait"), [(503, None, 0.0), (429, None, 60.0), (429, 7, 7.0), (403, None, 600.0)]
)
async def test_rest_that_refuses_is_a_refused_handshake(
    exchange: Exchange, clock: ManualClock, status: int, retry_after: int | None, wait: float
) -> None:
    """E4 E5 E30: no token, no session; limits and bans are obeyed as at the socket."""
    exchange.faults.set("kucoin", "refuse_rest", status=status, retry_after=retry_after)
    async with listening(exchange, clock, "kucoin") as frames:
        with pytest.raises(HandshakeRefused) as refusal:
            await hear(frames)
    assert (refusal.value.status, refusal.value.cool_off) == (status, wait)
    assert not exchange.connections


async def test_rest_that_hangs_up_is_a_failed_connection(exchange: Exchange, clock: ManualClock) -> None:
    """E30: TCP is accepted and cut."""
    exchange.faults.set("kucoin", "refuse_rest", status=0)
    async with listening(exchange, clock, "kucoin") as frames:
        with pytest.raises(ConnectFailed):
            await hear(frames)


async def test_socket_that_refuses_after_the_token_is_a_refused_handshake(
    exchange: Exchange, clock: ManualClock
) -> None:
    """E4: the token was good, the door is closed."""
    exchange.faults.set("kucoin", "refuse", status=429)
    async with listening(exchange, clock, "kucoin") as frames:
        with pytest.raises(HandshakeRefused) as refusal:
            await hear(frames)
    assert refusal.value.status == 429


async def test_answer_says_how_often_to_ping(clock: ManualClock) -> None:
    """E30: seven seconds instead of eighteen: three pings in 22 s, beside the two requests."""
    limits = {"kucoin": replace(Kucoin.limits, ping_every=7.0)}
    async with (
        Exchange(market=RandomMarket(rate=0, first_id=1000), limits=limits, clock=clock.now) as exchange,
        listening(exchange, clock, "kucoin") as frames,
    ):
        connection = await connect(exchange, frames, "kucoin")
        await pass_time(exchange, frames, clock, 22.0, 1.0, "kucoin")
        assert connection.frames_received == 2 + 3


async def test_interval_of_no_pings_is_a_failed_connection(clock: ManualClock) -> None:
    """E30: an answer that cannot be meant is not followed."""
    limits = {"kucoin": replace(Kucoin.limits, ping_every=0.0)}
    async with (
        Exchange(market=RandomMarket(rate=0), limits=limits, clock=clock.now) as exchange,
        listening(exchange, clock, "kucoin") as frames,
    ):
        with pytest.raises(ConnectFailed, match="no address"):
            await hear(frames)


@pytest.mark.parametrize(("ping_every", "is_kept"), [(18.0, True), (3600.0, False)])
async def test_exchange_keeps_who_pings_and_closes_who_does_not(
    clock: ManualClock, ping_every: float, is_kept: bool
) -> None:
    """F-07: trades flow all the time; a minute without a ping, and the venue says goodbye."""
    limits = {"kucoin": replace(Kucoin.limits, beat_every=0.01, ping_every=ping_every)}
    async with (
        Exchange(market=RandomMarket(rate=0, first_id=1000), limits=limits, clock=clock.now) as exchange,
        listening(exchange, clock, "kucoin") as frames,
    ):
        connection = await connect(exchange, frames, "kucoin")
        await pass_time(exchange, frames, clock, 58.0, 2.0, "kucoin")
        assert connection.is_open
        await pass_time(exchange, frames, clock, 4.0, 2.0, "kucoin")
        if is_kept:
            await pass_time(exchange, frames, clock, 58.0, 2.0, "kucoin")
            assert connection.is_open
        else:
            with pytest.raises((SubscriptionRefused, ClosedByVenue)):
                await hear_end(frames)
