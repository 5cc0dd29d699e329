"""Sessions that never begin: each says why, and how long the venue wants to be left alone."""

import asyncio
import socket

import pytest

from feeds.connection.session import listen
from feeds.connection.stall import SessionTiming
from feeds.errors import ConnectFailed, HandshakeRefused
from feeds.venues import REGISTRY
from tests.clock import ManualClock
from tests.exchange.server import Exchange
from tests.feeds.connection.listener import address, hear


async def knock(url: str, clock: ManualClock, connected_within: float = 3.0) -> None:
    timing = SessionTiming(connected_within=connected_within)
    await hear(listen(REGISTRY["binance"], url, ["BTCUSDT"], timing, clock, asyncio.Future()))


@pytest.mark.parametrize(
    ("status", "retry_after", "wait"),
    [
        (503, None, 0.0),
        (503, 5, 5.0),
        (429, None, 60.0),
        (429, 7, 7.0),
        (429, 0, 1.0),
        (429, 10**9, 86_400.0),
        (429, "Fri, 20 Nov 2026 12:00:42 GMT", 42.0),
        (429, "Thu, 19 Nov 2026 12:00:00 GMT", 1.0),
        (429, "soon", 60.0),
        (418, "-5", 120.0),
        (403, None, 600.0),
        (451, None, 600.0),
        (404, None, 0.0),
    ],
)
async def test_refused_handshake_says_how_long_to_wait(
    exchange: Exchange, clock: ManualClock, status: int, retry_after: int | str | None, wait: float
) -> None:
    """E4 E5 E6: Retry-After is obeyed within a second and a day; bans and limits cool off without one."""
    exchange.faults.set("binance", "refuse", status=status, retry_after=retry_after)
    with pytest.raises(HandshakeRefused) as refusal:
        await knock(address(exchange, "binance"), clock)
    assert (refusal.value.status, refusal.value.cool_off) == (status, wait)


async def test_dropped_handshake_is_a_failed_connection(exchange: Exchange, clock: ManualClock) -> None:
    """E13: TCP is accepted and cut before any answer."""
    exchange.faults.set("binance", "refuse", status=0)
    with pytest.raises(ConnectFailed):
        await knock(address(exchange, "binance"), clock)


async def test_closed_port_is_a_failed_connection(clock: ManualClock) -> None:
    """E1: connection refused."""
    with socket.socket() as bound_but_deaf:
        bound_but_deaf.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectFailed, match="refused|Connect"):
            await knock(f"ws://127.0.0.1:{bound_but_deaf.getsockname()[1]}/", clock)


async def test_peer_that_never_answers_is_a_failed_connection(clock: ManualClock) -> None:
    """E3: accepted and then silence; the handshake has a limit of its own."""
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(ConnectFailed):
        await knock(f"ws://127.0.0.1:{deaf.getsockname()[1]}/", clock, connected_within=0.1)


async def test_peer_without_tls_is_refused(
    exchange: Exchange, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E3: an encrypted address is never spoken to in clear text; no subscription is sent."""
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(ConnectFailed):
        await knock(address(exchange, "binance").replace("ws:", "wss:"), clock)
    assert not exchange.connections


async def test_answer_that_is_no_http_is_a_failed_connection(clock: ManualClock) -> None:
    """E23: whatever listens there, it is a typed error."""

    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\xff" * 1000)
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        with pytest.raises(ConnectFailed):
            await knock(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/", clock)


@pytest.mark.parametrize("url", ["ws://a..b/", "ws://127.0.0.1:99999/", "ws://127.0.0.1/?token=secret#x", "http:"])
async def test_address_that_is_none_is_a_failed_connection_and_is_not_told(clock: ManualClock, url: str) -> None:
    """E30: KuCoin's answer is one, and holds a token."""
    with pytest.raises(ConnectFailed) as end:
        await knock(url, clock)
    assert "secret" not in str(end.value)
