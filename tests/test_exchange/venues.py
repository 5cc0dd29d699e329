"""How a client asks each venue for trades: its path, its subscription, its heartbeat, its words."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import aiohttp
import msgspec
from websockets.asyncio.client import ClientConnection

from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear


@dataclass(frozen=True)
class Manners:
    """`is_trade` knows the frames of trades from all others; `ping` is None where only the venue pings."""

    path: str
    subscribe: dict[str, Any]
    is_trade: Callable[[Any], bool]
    is_refusal: Callable[[Any], bool]
    ping: str | None = None
    greetings: int = 0


MANNERS = {
    "binance": Manners(
        path="/binance/ws",
        subscribe={"method": "SUBSCRIBE", "params": ["btcusdt@trade"], "id": 1},
        is_trade=lambda message: message.get("e") == "trade",
        is_refusal=lambda message: "code" in message,
    ),
    "kucoin": Manners(
        path="/kucoin/",
        subscribe={"id": 1, "type": "subscribe", "topic": "/market/match:BTC-USDT", "response": True},
        is_trade=lambda message: message.get("subject") == "trade.l3match",
        is_refusal=lambda message: message["type"] == "error",
        ping='{"id":"p","type":"ping"}',
        greetings=1,
    ),
    "bybit": Manners(
        path="/bybit/v5/public/spot",
        subscribe={"op": "subscribe", "args": ["publicTrade.BTCUSDT"]},
        is_trade=lambda message: message.get("topic") == "publicTrade.BTCUSDT",
        is_refusal=lambda message: message["success"] is False,
        ping='{"op":"ping"}',
    ),
    "okx": Manners(
        path="/okx/ws/v5/public",
        subscribe={"op": "subscribe", "args": [{"channel": "trades", "instId": "BTC-USDT"}]},
        is_trade=lambda message: "data" in message,
        is_refusal=lambda message: message["event"] == "error",
        ping="ping",
    ),
    "htx": Manners(
        path="/htx/ws",
        subscribe={"sub": "market.btcusdt.trade.detail", "id": "1"},
        is_trade=lambda message: "tick" in message,
        is_refusal=lambda message: message["status"] == "error",
    ),
    "kraken": Manners(
        path="/kraken/v2",
        subscribe={"method": "subscribe", "params": {"channel": "trade", "symbol": ["BTC/USDT"]}},
        is_trade=lambda message: message.get("channel") == "trade",
        is_refusal=lambda message: message["success"] is False,
        ping='{"method":"ping"}',
        greetings=1,
    ),
    "gateio": Manners(
        path="/gateio/ws/v4/",
        subscribe={"channel": "spot.trades", "event": "subscribe", "payload": ["BTC_USDT"]},
        is_trade=lambda message: message["event"] == "update",
        is_refusal=lambda message: "error" in message,
        ping=msgspec.json.encode({"time": int(time.time()), "channel": "spot.ping"}).decode(),
    ),
}


async def find_path(exchange: Exchange, venue: str) -> str:
    """KuCoin's is good for one connection."""
    if venue != "kucoin":
        return MANNERS[venue].path
    url = f"{exchange.url}/kucoin/api/v1/bullet-public"
    async with aiohttp.ClientSession() as session, session.post(url) as answer:
        return f"/kucoin/?token={(await answer.json())['data']['token']}"


@asynccontextmanager
async def greeted(exchange: Exchange, venue: str) -> AsyncIterator[ClientConnection]:
    """A connection that has heard what the venue says unasked."""
    async with dial(exchange, await find_path(exchange, venue)) as socket:
        for _ in range(MANNERS[venue].greetings):
            await hear(socket)
        yield socket


async def ask(socket: ClientConnection, venue: str, instead: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """What the venue answers to the subscription to trades, or to what is asked instead."""
    now = {"time": int(time.time())} if venue == "gateio" else {}
    await socket.send(msgspec.json.encode({**now, **MANNERS[venue].subscribe, **instead}).decode())
    return await hear(socket)
