"""BitGet's private V2 socket on the replay exchange: login, subscriptions, pushes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection

from tests.clock import ManualClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.card import KeyCard
from tests.exchange.bitget.gate import Visitor, judge_login, sign
from tests.exchange.server import Exchange
from tests.test_exchange.bitget.client import (
    BALANCES,
    FILLS,
    KEY,
    ORDERS,
    PASSPHRASE,
    PLANS,
    POSITIONS,
    SECRET,
    V2_PRIVATE,
    log_in,
    subscribe,
)
from tests.test_exchange.client import dial, hear, hear_close, say


@pytest_asyncio.fixture
async def socket(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> AsyncIterator[ClientConnection]:
    """Logged in, nothing subscribed."""
    async with dial(exchange, V2_PRIVATE) as connection:
        assert await log_in(connection, clock.now()) == {"event": "login", "code": "0", "msg": ""}
        yield connection


def test_signature_is_the_published_one() -> None:
    """B-04: the vectors of the protocol notes, for a login and for a call."""
    assert sign(SECRET, "1538054050GET/user/verify") == "/4S0C3L8mGdm8894ulf8wfnQ6dqMXO8Iw95zlvMN8Zw="
    path = "/api/v2/mix/position/all-position?productType=USDT-FUTURES&marginCoin=USDT"
    assert sign(SECRET, f"1659076670000GET{path}") == "Ikndl/D0FKrU49qOv0MsyZG+JW5aO4oSnTxXY2sfEbY="


def test_login_of_the_protocol_notes_is_let_in(clock: ManualClock) -> None:
    """M-01: by the second that it was made for."""
    arg = {
        "apiKey": KEY,
        "passphrase": PASSPHRASE,
        "timestamp": "1538054050",
        "sign": "/4S0C3L8mGdm8894ulf8wfnQ6dqMXO8Iw95zlvMN8Zw=",
    }
    now = clock.now().fromtimestamp(1538054050, clock.now().tzinfo)
    judge_login(KeyCard(KEY, SECRET, PASSPHRASE), arg, Visitor("classic", "live", "127.0.0.1"), now)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"apiKey": "another"}, 30011),
        ({"passphrase": "another"}, 30012),
        ({"timestamp": "1763640000000"}, 30013),
        ({"timestamp": "1538054050"}, 30014),
        ({"sign": "another"}, 30015),
    ],
)
async def test_wrong_login_has_its_code(
    exchange: Exchange, account: DeskAccount, clock: ManualClock, changes: dict[str, str], code: int
) -> None:
    """B1, B4: the code says what is wrong, and the connection ends."""
    async with dial(exchange, V2_PRIVATE) as socket:
        answer = await log_in(socket, clock.now(), **changes)
        assert (answer["event"], answer["code"]) == ("error", code)
        assert await hear_close(socket) == 1000
    assert [login.code for login in exchange.bitget.logins] == [str(code)]


async def test_secret_is_really_verified(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """B1: a signature by another secret is 30015."""
    async with dial(exchange, V2_PRIVATE) as socket:
        answer = await log_in(socket, clock.now(), secret="another")
        assert (answer["code"], answer["msg"]) == (30015, "Invalid sign")


async def test_nothing_is_subscribed_before_login(exchange: Exchange, account: DeskAccount) -> None:
    """B5: 30004, and it is counted."""
    async with dial(exchange, V2_PRIVATE) as socket:
        (answer,) = await subscribe(socket, POSITIONS)
    assert (answer["code"], exchange.bitget.subscribed_before_login) == (30004, 1)


async def test_every_channel_is_acknowledged(socket: ClientConnection) -> None:
    """M-03: one answer for each arg; `account` is asked for by coin; flat is an empty list."""
    args = [ORDERS, PLANS, FILLS, BALANCES, POSITIONS]
    assert await subscribe(socket, *args) == [{"event": "subscribe", "arg": arg} for arg in args]
    first = await hear(socket)
    assert (first["action"], first["arg"], first["data"]) == ("snapshot", POSITIONS, [])


@pytest.mark.parametrize(
    ("arg", "code"),
    [
        ({**POSITIONS, "instId": "BTCUSDT"}, 30001),
        ({**POSITIONS, "instType": "usdt-futures"}, 30001),
        ({"instType": "USDT-FUTURES", "channel": "account", "instId": "default"}, 30016),
        ({"instType": "USDT-FUTURES", "channel": "markPrice", "instId": "default"}, 30016),
    ],
)
async def test_wrong_subscription_has_its_code(socket: ClientConnection, arg: dict[str, str], code: int) -> None:
    """M-08: as a number, with the arg that it is about."""
    (answer,) = await subscribe(socket, arg)
    assert (answer["event"], answer["code"], answer["arg"]) == ("error", code, arg)


async def test_market_order_is_told_step_by_step(socket: ClientConnection, account: DeskAccount) -> None:
    """The order, the order filled, the fill, and the whole list of positions."""
    await subscribe(socket, ORDERS, FILLS, POSITIONS)
    await hear(socket)
    account.open("XRPUSDT", "long", "3", "2.2366")
    live, filled, fill, positions = [(await hear(socket))["data"] for _ in range(4)]
    assert (live[0]["status"], live[0]["price"], live[0]["posSide"]) == ("live", "0", "net")
    assert "tradeId" not in live[0]
    assert (filled[0]["status"], filled[0]["tradeSide"], filled[0]["baseVolume"]) == ("filled", "buy_single", "3")
    assert (fill[0]["tradeId"], fill[0]["price"]) == (filled[0]["tradeId"], "2.2366")
    (position,) = positions
    assert (position["total"], position["openPriceAvg"], position["leverage"]) == ("3", "2.2366", 10)
    assert position["marginSize"] == "0.67098"
    assert position["liquidationPrice"].startswith("-")
    assert "markPrice" not in position


async def test_closed_position_is_missing_from_the_list(socket: ClientConnection, account: DeskAccount) -> None:
    """`[]` is flat; the next holding of the slot has its id and its birth."""
    account.open("XRPUSDT", "long", "3", "2.2366")
    await subscribe(socket, POSITIONS)
    (first,) = (await hear(socket))["data"]
    account.close("XRPUSDT", "long")
    assert (await hear(socket))["data"] == []
    account.open("XRPUSDT", "short", "1", "2.3")
    (second,) = (await hear(socket))["data"]
    assert (second["holdSide"], second["posId"], second["cTime"]) == ("short", first["posId"], first["cTime"])


async def test_lost_push_is_told_to_nobody(socket: ClientConnection, account: DeskAccount) -> None:
    """B7: the next thing that is heard is the answer to a ping."""
    account.open("XRPUSDT", "long", "3", "2.2366")
    await subscribe(socket, POSITIONS)
    await hear(socket)
    account.close("XRPUSDT", "long", push=False)
    await socket.send("ping")
    assert await socket.recv() == "pong"
    assert account.holdings == []


async def test_raw_row_goes_out_as_it_is(socket: ClientConnection, account: DeskAccount) -> None:
    """B9: with fields missing, or ones that nobody knows."""
    await subscribe(socket, POSITIONS)
    await hear(socket)
    account.say({"instId": "BTCUSDT", "novel": 1})
    assert (await hear(socket))["data"] == [{"instId": "BTCUSDT", "novel": 1}]


async def test_hedge_mode_closes_a_long_by_buy(exchange: Exchange, clock: ManualClock) -> None:
    """`side` names the position's direction there, and both sides may be held."""
    account = exchange.bitget.open_account(KEY, SECRET, PASSPHRASE, position_mode="hedge_mode")
    account.open("BTCUSDT", "long", "1", "50000")
    account.open("BTCUSDT", "short", "2", "50000")
    async with dial(exchange, V2_PRIVATE) as socket:
        await log_in(socket, clock.now())
        await subscribe(socket, ORDERS)
        account.close("BTCUSDT", "long")
        row = (await hear(socket))["data"][0]
    assert (row["side"], row["tradeSide"], row["posSide"]) == ("buy", "close", "long")
    assert [held.side for held in account.holdings] == ["short"]


def test_one_way_mode_has_one_side(account: DeskAccount) -> None:
    """The desk refuses what the venue would not do, with a sentence."""
    account.open("BTCUSDT", "long", "1", "50000")
    with pytest.raises(ValueError, match="BTCUSDT is held long"):
        account.open("BTCUSDT", "short", "1", "50000")
    with pytest.raises(ValueError, match="the position has 1, less than 2"):
        account.fill(account.order("BTCUSDT", "long", "2", "51000", action="close"))


async def test_trigger_orders_end_with_their_position(socket: ClientConnection, account: DeskAccount) -> None:
    """Their word is `cancelled`, an order's is `canceled`; prices have nine decimals."""
    account.open("BTCUSDT", "long", "1", "50000")
    await subscribe(socket, PLANS)
    account.protect("BTCUSDT", "long", take_profit="60000", stop_loss="45000")
    account.close("BTCUSDT", "long")
    rows = [(await hear(socket))["data"][0] for _ in range(4)]
    told = [(row["planType"], row["triggerPrice"], row["status"]) for row in rows]
    assert told == [
        ("ptp", "60000.000000000", "live"),
        ("psl", "45000.000000000", "live"),
        ("ptp", "60000.000000000", "cancelled"),
        ("psl", "45000.000000000", "cancelled"),
    ]


async def test_balance_is_told_when_it_changes(socket: ClientConnection, account: DeskAccount) -> None:
    """By coin; nothing at subscription."""
    await subscribe(socket, BALANCES)
    account.balance("USDT", "1234.5", "1000")
    (row,) = (await hear(socket))["data"]
    assert (row["marginCoin"], row["equity"], row["available"], row["frozen"]) == ("USDT", "1234.5", "1000", "234.5")


async def test_cancelled_order_says_so(socket: ClientConnection, account: DeskAccount) -> None:
    """With one l."""
    await subscribe(socket, ORDERS)
    account.cancel(account.order("BTCUSDT", "long", "1", "40000"))
    rows = [(await hear(socket))["data"][0] for _ in range(2)]
    assert [(row["status"], row["cancelReason"]) for row in rows] == [("live", ""), ("canceled", "normal_cancel")]


async def test_unreadable_request_is_illegal(socket: ClientConnection) -> None:
    """30002, and the connection goes on."""
    await socket.send("{")
    assert (await hear(socket))["code"] == 30002
    await say(socket, op="order", args=[])
    assert (await hear(socket))["code"] == 30003
