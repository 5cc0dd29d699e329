"""The control API, and what tests in the same process can do besides."""

from __future__ import annotations

import base64
from decimal import Decimal

import aiohttp
import pytest
from websockets.exceptions import InvalidStatus

from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, wait_until


async def test_trade_can_be_ordered(exchange: Exchange) -> None:
    """A price of one's choice trades at once, and the ledger has it."""
    order = {"venue": "binance", "instrument": "BTC-USDT", "price": "760000.5", "sizes": ["1", "2"], "side": "sell"}
    async with aiohttp.ClientSession(exchange.url) as session, dial(exchange, "/binance/ws/btcusdt@trade") as socket:
        made = await (await session.post("/control/trades", json=order)).json()
        heard = [await hear(socket), await hear(socket)]
        ledger = (await (await session.get("/control/ledger?since=1")).text()).splitlines()
    assert [row["trade_id"] for row in made] == [message["t"] for message in heard] == [1000, 1001]
    assert [(sent.price, sent.size, sent.side) for sent in exchange.ledger] == [
        (Decimal("760000.5"), Decimal(1), "sell"),
        (Decimal("760000.5"), Decimal(2), "sell"),
    ]
    assert len(ledger) == 1


async def test_any_frame_can_be_sent(exchange: Exchange) -> None:
    """Hostile text and bytes reach every open connection of the venue as they are."""
    async with aiohttp.ClientSession(exchange.url) as session, dial(exchange, "/htx/ws") as socket:
        await session.post("/control/frames", json={"venue": "htx", "frame": "[[["})
        packed = base64.b64encode(b"\x1f\x8b\x00").decode()
        await session.post("/control/frames", json={"venue": "htx", "frame": packed, "is_base64": True})
        assert [await socket.recv(), await socket.recv()] == ["[[[", b"\x1f\x8b\x00"]


async def test_attempts_are_noted_refused_or_not(exchange: Exchange) -> None:
    """A test can count how often a client came back."""
    exchange.faults.set("binance", "refuse")
    with pytest.raises(InvalidStatus):
        await dial(exchange, "/binance/ws")
    exchange.faults.clear()
    async with dial(exchange, "/binance/ws"), aiohttp.ClientSession(exchange.url) as session:
        await session.get("/binance/api/v3/time?a=b")
        seen = await (await session.get("/control/attempts")).json()
    assert [(one["path"], one["is_socket"], one["is_refused"]) for one in seen] == [
        ("/binance/ws", True, True),
        ("/binance/ws", True, False),
        ("/binance/api/v3/time?a=b", False, False),
    ]


async def test_connections_tell_how_they_ended(exchange: Exchange) -> None:
    """Open and past connections are listed with their topics and close code."""
    async with aiohttp.ClientSession(exchange.url) as session:
        async with dial(exchange, "/binance/stream?streams=btcusdt@trade"):
            (state,) = (await (await session.get("/control")).json())["open_connections"]
        await wait_until(lambda: not exchange.open_connections)
        (past,) = await (await session.get("/control/connections")).json()
    assert (state["topics"], state["close_code"], state["closed_at"]) == (["btcusdt@trade"], None, None)
    assert past["close_code"] == 1000
    assert past["closed_at"] > past["opened_at"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", '{"venue":"binance","fault":"nonsense"}'),
        ("faults", "not json"),
        ("trades", '{"venue":"binance","instrument":"NO-SUCH","price":"1"}'),
        ("trades", '{"venue":"nowhere","instrument":"BTC-USDT","price":"1"}'),
        ("trades", '{"venue":"binance","instrument":"BTC-USDT","price":"cheap"}'),
        ("frames", '{"venue":"htx","frame":"?","is_base64":true}'),
    ],
)
async def test_senseless_orders_are_answered_with_400(exchange: Exchange, path: str, body: str) -> None:
    """The answer says what is wrong."""
    async with (
        aiohttp.ClientSession(exchange.url) as session,
        session.post(f"/control/{path}", data=body) as answer,
    ):
        assert answer.status == 400
        assert (await answer.json())["error"]


@pytest.mark.parametrize("path", ["/nowhere/ws", "/binance/nowhere"])
async def test_unknown_door_is_not_found(exchange: Exchange, path: str) -> None:
    """A wrong venue or path is a 404, not a silent connection."""
    with pytest.raises(InvalidStatus) as refusal:
        await dial(exchange, path)
    assert refusal.value.response.status_code == 404
