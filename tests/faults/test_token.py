"""KuCoin's way in, at a bad venue: tokens that are refused, REST that hangs, trades before the welcome."""

import json
from time import monotonic
from typing import Final

import pytest

from feeds.errors import ConnectFailed, SessionEnded, Silent
from tests.clock import ManualClock
from tests.exchange.faults import FaultName
from tests.exchange.server import Exchange
from tests.faults import wire
from tests.faults.peer import Peer, Script, peer
from tests.faults.scripts import answer, never_answer, upgrade
from tests.faults.session import end_of, session
from tests.feeds.connection.listener import address, connect, expect, hear, listening
from tests.feeds.venues.recordings import cases

SWITCH_WITHIN_S: Final = 3.0
ON_THE_WAY_IN: Final[tuple[FaultName, ...]] = ("refuse_token", "refuse", "refuse_rest")


def leading_to(there: Peer) -> Script:
    """REST that gives out a token for this peer."""
    server = {"endpoint": f"ws://{there.host}/", "pingInterval": 18000, "pingTimeout": 10000}
    body = {"code": "200000", "data": {"token": "a-token", "instanceServers": [server]}}
    return answer("200 OK", body=json.dumps(body).encode())


async def test_no_token_is_used_twice(exchange: Exchange, clock: ManualClock) -> None:
    """E30: refused, turned away at the door, or used up by a session: each try brings a token of its own."""
    for fault in ON_THE_WAY_IN:
        exchange.faults.set("kucoin", fault)
        assert isinstance(await end_of(address(exchange, "kucoin"), clock, "kucoin"), SessionEnded)
        exchange.faults.clear()
        async with listening(exchange, clock, "kucoin") as frames:
            await connect(exchange, frames, "kucoin")
    tried = [attempt.path for attempt in exchange.attempts if attempt.is_socket]
    tokens = exchange.doors["kucoin"].tokens
    assert len(set(tried)) == len(tried) == tokens.issued == 2 * len(ON_THE_WAY_IN) - 1
    assert tokens.refused == 0


async def test_trades_before_the_welcome_change_nothing(clock: ManualClock) -> None:
    """E30: nobody asked for them. We go on saying nothing, are never connected, and leave after three seconds."""
    trade = wire.frame(cases("kucoin")["trade: new engine: the id is the sequence"].frame.encode())
    async with peer(upgrade([trade] * 3, is_asked=False)) as there, peer(leading_to(there)) as rest:
        async with session(f"http://{rest.host}/", clock, "kucoin") as frames:
            assert [(await hear(frames)).is_connected for _ in range(3)] == [False] * 3
            next_frame = expect(frames)
            await clock.advance(3.0)
            with pytest.raises(Silent):
                await next_frame
        assert there.heard.endswith(b"\r\n\r\n")


@pytest.mark.xfail(strict=True, reason="each of the two steps has three seconds of its own")
@pytest.mark.parametrize("is_rest_there", [False, True], ids=["REST", "socket"])
async def test_way_in_that_hangs_is_left_in_time(clock: ManualClock, is_rest_there: bool) -> None:
    """E30: the token and the handshake have less than three seconds together, so that the switch has no more."""
    began = monotonic()
    async with peer(never_answer) as there, peer(leading_to(there) if is_rest_there else never_answer) as rest:
        assert isinstance(await end_of(f"http://{rest.host}/", clock, "kucoin"), ConnectFailed)
    assert monotonic() - began < SWITCH_WITHIN_S
