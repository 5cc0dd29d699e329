"""BitGet's V3 on the replay exchange, and how both kinds of accounts refuse each other."""

from __future__ import annotations

import pytest

from tests.clock import ManualClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.server import Exchange
from tests.test_exchange.bitget.client import (
    KEY,
    PASSPHRASE,
    SECRET,
    V2_PRIVATE,
    V3_PRIVATE,
    call,
    log_in,
    subscribe,
)
from tests.test_exchange.client import dial, hear, say

CATEGORY = "category=USDT-FUTURES"
TOPICS = ("order", "strategy-order", "account", "fill", "position")


@pytest.fixture
def unified(exchange: Exchange) -> DeskAccount:
    return exchange.bitget.open_account(KEY, SECRET, PASSPHRASE, kind="unified", position_mode="hedge_mode")


def topic(name: str) -> dict[str, str]:
    return {"instType": "UTA", "topic": name}


async def test_account_of_the_other_kind_is_told_so(
    exchange: Exchange, account: DeskAccount, clock: ManualClock
) -> None:
    """40085 at V2 for a unified account, 40084 at V3 for a classic one; sockets say the same."""
    v2 = "/api/v2/mix/position/all-position?productType=USDT-FUTURES&marginCoin=USDT"
    v3 = f"/api/v3/position/current-position?{CATEGORY}"
    assert (await call(exchange, v2, clock.now()))[0] == 200
    assert (await call(exchange, v3, clock.now()))[1]["code"] == "40084"
    account.card.kind = "unified"
    assert (await call(exchange, v2, clock.now()))[1]["code"] == "40085"
    assert (await call(exchange, v3, clock.now()))[0] == 200
    async with dial(exchange, V2_PRIVATE) as socket:
        assert (await log_in(socket, clock.now()))["code"] == 40085


async def test_position_that_ends_is_told_with_size_zero(
    exchange: Exchange, unified: DeskAccount, clock: ManualClock
) -> None:
    """Unlike V2: at first all that are open, then what changed."""
    unified.open("ETHUSDT", "short", "2", "2600")
    async with dial(exchange, V3_PRIVATE) as socket:
        assert await log_in(socket, clock.now()) == {"event": "login", "code": 0, "msg": ""}
        answers = await subscribe(socket, *(topic(name) for name in TOPICS))
        assert answers == [{"event": "subscribe", "arg": topic(name), "code": "", "msg": ""} for name in TOPICS]
        (first,) = (await hear(socket))["data"]
        unified.close("ETHUSDT", "short", price="2590")
        live, filled, fill, ended = [(await hear(socket))["data"][0] for _ in range(4)]
    assert (first["size"], first["positionStatus"], first["liqPrice"] != "") == ("2", "opening", True)
    assert (live["side"], live["tradeSide"], live["holdSide"]) == ("buy", "close", "short")
    assert (filled["orderStatus"], filled["cumExecQty"], fill["execPnl"]) == ("filled", "2", "20")
    assert (ended["size"], ended["positionStatus"], ended["avgPrice"], ended["liqPrice"]) == ("0", "ended", "0", "")


async def test_balance_is_of_the_whole_account(exchange: Exchange, unified: DeskAccount, clock: ManualClock) -> None:
    """One row, with every coin in it."""
    async with dial(exchange, V3_PRIVATE) as socket:
        await log_in(socket, clock.now())
        await subscribe(socket, topic("account"))
        unified.balance("ETH", "1.5")
        (row,) = (await hear(socket))["data"]
    assert [(coin["coin"], coin["equity"]) for coin in row["coin"]] == [("USDT", "10000"), ("ETH", "1.5")]


async def test_rest_has_other_names_than_the_socket(
    exchange: Exchange, unified: DeskAccount, clock: ManualClock
) -> None:
    """`total` and `liquidationPrice`; strategy orders say no status."""
    unified.open("BTCUSDT", "long", "1", "50000")
    unified.protect("BTCUSDT", "long", take_profit="60000")
    unified.order("BTCUSDT", "long", "1", "40000")
    paths = ("position/current-position", "trade/unfilled-orders", "trade/fills")
    data = [(await call(exchange, f"/api/v3/{path}?{CATEGORY}", clock.now()))[1]["data"] for path in paths]
    position, order, fill = [each["list"][0] for each in data]
    assert (position["total"], position["leverage"], "liquidationPrice" in position) == ("1", "10", True)
    assert (order["orderStatus"], order["price"], order["posSide"]) == ("live", "40000", "long")
    assert (fill["execPrice"], fill["feeDetail"][0]["fee"]) == ("50000", "30")
    status, body = await call(exchange, f"/api/v3/trade/unfilled-strategy-orders?{CATEGORY}&type=tpsl", clock.now())
    (strategy,) = body["data"]
    assert (strategy["takeProfit"], strategy["stopLoss"], "status" in strategy) == ("60000", "", False)


async def test_key_says_what_it_may_do(exchange: Exchange, unified: DeskAccount, clock: ManualClock) -> None:
    """B12: all of its permissions are for reading, or none is."""
    _, body = await call(exchange, "/api/v3/account/info", clock.now())
    assert (body["data"]["permType"], body["data"]["userId"]) == ("readonly", unified.card.uid)
    unified.card.rights = ("read", "trade", "withdraw")
    await clock.advance(1)
    _, body = await call(exchange, "/api/v3/account/info", clock.now())
    assert (body["data"]["permType"], "withdraw" in body["data"]["permissions"]) == ("read-and-write", True)


async def test_assets_are_told_by_coin(exchange: Exchange, unified: DeskAccount, clock: ManualClock) -> None:
    """Beside the sum in US dollars."""
    _, body = await call(exchange, "/api/v3/account/assets", clock.now())
    assert (body["data"]["accountEquity"], body["data"]["assets"][0]["coin"]) == ("10000", "USDT")


@pytest.mark.parametrize(
    ("path", "arg", "price"),
    [
        ("/bitget/v2/ws/public", {"instType": "USDT-FUTURES", "channel": "ticker", "instId": "BTCUSDT"}, "lastPr"),
        ("/bitget-demo/v2/ws/public", {"instType": "USDT-FUTURES", "channel": "ticker", "instId": "BTCUSDT"}, "lastPr"),
        ("/bitget/v3/ws/public", {"instType": "usdt-futures", "topic": "ticker", "symbol": "BTCUSDT"}, "lastPrice"),
    ],
)
async def test_mark_price_is_in_the_public_ticker(
    exchange: Exchange, path: str, arg: dict[str, str], price: str
) -> None:
    """B-27: at once, when it changes, and again while it does not."""
    async with dial(exchange, path) as socket:
        (answer,) = await subscribe(socket, arg)
        assert (answer["event"], answer["arg"]) == ("subscribe", arg)
        await hear(socket)
        exchange.bitget.mark("BTCUSDT", "50000.5")
        told = [await hear(socket) for _ in range(2)]
    assert [(each["arg"], each["data"][0]["markPrice"], each["data"][0][price]) for each in told] == [
        (arg, "50000.5", "50000.5")
    ] * 2


async def test_public_socket_takes_no_login(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """30003; there is no channel for the mark price, and no unknown symbol."""
    async with dial(exchange, "/bitget/v2/ws/public") as socket:
        assert (await log_in(socket, clock.now()))["msg"] == "INVALID op:login"
        arg = {"instType": "USDT-FUTURES", "channel": "markPrice", "instId": "BTCUSDT"}
        answers = await subscribe(socket, arg, {**arg, "channel": "ticker", "instId": "NO"})
        assert [each["code"] for each in answers] == [30016, 30001]
        await say(socket, op="unsubscribe", args=[arg])
        assert (await hear(socket))["event"] == "unsubscribe"
