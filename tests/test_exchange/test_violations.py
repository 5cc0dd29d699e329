"""What the replay exchange holds against its clients, by the name of the limit."""

from __future__ import annotations

import aiohttp
import pytest
from websockets.exceptions import InvalidStatus

from tests.exchange.dialect import Limits
from tests.exchange.dialects.binance import Binance
from tests.exchange.dialects.kucoin import Kucoin
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear_close, say, wait_until


@pytest.mark.parametrize(
    ("limits", "said", "violations"),
    [
        (Limits(messages=2), 2, {}),
        (Limits(messages=2), 3, {"messages": 1}),
        (Limits(idle_after=0.05), 0, {"idle_after": 1}),
    ],
)
async def test_broken_limits_are_counted(limits: Limits, said: int, violations: dict[str, int]) -> None:
    """E35: each once, and what was allowed not at all."""
    async with (
        Exchange(market=RandomMarket(rate=0), limits={"binance": limits}) as exchange,
        dial(exchange, "/binance/ws") as socket,
    ):
        for number in range(said):
            await say(socket, method="LIST_SUBSCRIPTIONS", id=number)
        if violations:
            await hear_close(socket)
        await wait_until(lambda: exchange.connections[-1].frames_received >= said)
        assert exchange.doors["binance"].violations == violations


async def test_connections_beyond_the_limit_are_counted() -> None:
    """E5: the first is let in, the second is one too many."""
    async with (
        Exchange(market=RandomMarket(rate=0), limits={"binance": Limits(connects=1)}) as exchange,
        dial(exchange, "/binance/ws"),
    ):
        assert exchange.doors["binance"].violations == {}
        with pytest.raises(InvalidStatus):
            await dial(exchange, "/binance/ws")
        assert exchange.doors["binance"].violations == {"connects": 1}


async def test_missing_pong_is_counted() -> None:
    """F-07: a client that does not answer the venue's pings."""
    limits = {"binance": Limits(beat_every=0.03, answer_within=0.06)}
    async with (
        Exchange(market=RandomMarket(rate=0), limits=limits) as exchange,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{exchange.url}/binance/ws", autoping=False),
    ):
        await wait_until(lambda: exchange.doors["binance"].violations == {"answer_within": 1})


def test_compressed_limits_keep_their_counts_and_shorten_their_times() -> None:
    """E18: a day of 20 s; what clients are told is counted by their own clocks."""
    assert Binance.limits.compressed(4320.0).life_after == 20.0
    assert Binance.limits.compressed(10.0).messages == 5
    assert Binance.limits.compressed(10.0).messages_within == 0.1
    assert Kucoin.limits.compressed(10.0).ping_every == Kucoin.limits.ping_every
