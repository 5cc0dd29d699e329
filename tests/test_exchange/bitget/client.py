"""A client of BitGet for tests of the exchange: signs by itself, knows nothing of the exchange's own gate."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

import aiohttp
from websockets.asyncio.client import ClientConnection

from tests.exchange.server import Exchange
from tests.test_exchange.client import hear, say

KEY, SECRET, PASSPHRASE = "bg_key", "22582BD0CFF14C41EDBF1AB98506286D", "words"
V2_PRIVATE = "/bitget/v2/ws/private"
V3_PRIVATE = "/bitget/v3/ws/private"
POSITIONS = {"instType": "USDT-FUTURES", "channel": "positions", "instId": "default"}
ORDERS = {"instType": "USDT-FUTURES", "channel": "orders", "instId": "default"}
PLANS = {"instType": "USDT-FUTURES", "channel": "orders-algo", "instId": "default"}
FILLS = {"instType": "USDT-FUTURES", "channel": "fill", "instId": "default"}
BALANCES = {"instType": "USDT-FUTURES", "channel": "account", "coin": "default"}


def signed(text: str, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


async def log_in(socket: ClientConnection, now: datetime, secret: str = SECRET, **changes: str) -> Any:
    """What the exchange says to this login."""
    stamp = str(int(now.timestamp()))
    arg = {"apiKey": KEY, "passphrase": PASSPHRASE, "timestamp": stamp}
    arg["sign"] = signed(f"{stamp}GET/user/verify", secret)
    await say(socket, op="login", args=[arg | changes])
    return await hear(socket)


async def subscribe(socket: ClientConnection, *args: dict[str, str]) -> list[Any]:
    """The answers, one for each arg. Of positions a snapshot comes behind its answer."""
    await say(socket, op="subscribe", args=list(args))
    return [await hear(socket) for _ in args]


async def call(
    exchange: Exchange, path: str, now: datetime, secret: str = SECRET, **changes: str
) -> tuple[int, dict[str, Any]]:
    """Status and body of a signed GET; `changes` replace headers, with _ for -, and an empty one is left out."""
    stamp = str(int(now.timestamp() * 1000))
    headers = {
        "ACCESS-KEY": KEY,
        "ACCESS-SIGN": signed(f"{stamp}GET{path}", secret),
        "ACCESS-TIMESTAMP": stamp,
        "ACCESS-PASSPHRASE": PASSPHRASE,
        "Content-Type": "application/json",
        "locale": "en-US",
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    headers = {name: value for name, value in headers.items() if value}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{exchange.url}/bitget{path}", headers=headers) as answer,
    ):
        return answer.status, await answer.json()
