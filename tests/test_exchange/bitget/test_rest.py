"""BitGet's REST on the replay exchange: signed headers, refusals, limits, pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.clock import ManualClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.card import Right
from tests.exchange.bitget.faults import Answer
from tests.exchange.bitget.limits import CallLimits
from tests.exchange.server import Exchange
from tests.test_exchange.bitget.client import KEY, PASSPHRASE, SECRET, call, signed

PRODUCT = "productType=USDT-FUTURES"
ALL_POSITIONS = f"/api/v2/mix/position/all-position?{PRODUCT}&marginCoin=USDT"
PENDING = f"/api/v2/mix/order/orders-pending?{PRODUCT}"
PLANS = f"/api/v2/mix/order/orders-plan-pending?{PRODUCT}"
FILLS = f"/api/v2/mix/order/fills?{PRODUCT}"
ACCOUNTS = f"/api/v2/mix/account/accounts?{PRODUCT}"
INFO = "/api/v2/spot/account/info"


async def ask(exchange: Exchange, path: str, clock: ManualClock) -> Any:
    status, body = await call(exchange, path, clock.now())
    assert (status, body["code"], body["msg"]) == (200, "00000", "success")
    return body["data"]


async def test_positions_are_all_strings(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """Named otherwise than on the socket; flat is an empty list."""
    assert await ask(exchange, ALL_POSITIONS, clock) == []
    account.open("BTCUSDT", "long", "0.01", "25000", leverage=20, margin_mode="isolated")
    account.protect("BTCUSDT", "long", stop_loss="20000")
    account.mark("BTCUSDT", "25100")
    (row,) = await ask(exchange, ALL_POSITIONS, clock)
    told = {name: row[name] for name in ("symbol", "total", "leverage", "marginSize", "unrealizedPL", "markPrice")}
    assert told == {
        "symbol": "BTCUSDT",
        "total": "0.01",
        "leverage": "20",
        "marginSize": "12.5",
        "unrealizedPL": "1",
        "markPrice": "25100",
    }
    assert (row["takeProfit"], row["stopLoss"]) == ("", "20000")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ACCESS_KEY": ""}, "40001"),
        ({"ACCESS_SIGN": ""}, "40002"),
        ({"ACCESS_PASSPHRASE": ""}, "40011"),
        ({"ACCESS_TIMESTAMP": "1659076670"}, "40005"),
        ({"ACCESS_TIMESTAMP": "1659076670000"}, "40008"),
        ({"ACCESS_KEY": "another"}, "40037"),
        ({"ACCESS_PASSPHRASE": "another"}, "40012"),
        ({"ACCESS_SIGN": "another"}, "40009"),
        ({"paptrading": "1"}, "40099"),
    ],
)
async def test_wrong_header_has_its_code(
    exchange: Exchange, account: DeskAccount, clock: ManualClock, changes: dict[str, str], code: str
) -> None:
    """B1, B4: with HTTP 400; the desk remembers every call."""
    status, body = await call(exchange, ALL_POSITIONS, clock.now(), **changes)
    assert (status, body["code"], body["data"]) == (400, code, None)
    assert [(made.path, made.code) for made in exchange.bitget.calls] == [(ALL_POSITIONS, code)]


async def test_query_is_signed_too(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """B-04: another order of the parameters is another signature."""
    sign_of_other = f"/api/v2/mix/position/all-position?marginCoin=USDT&{PRODUCT}"
    stamp = str(int(clock.now().timestamp() * 1000))
    status, body = await call(
        exchange, ALL_POSITIONS, clock.now(), ACCESS_SIGN=signed(f"{stamp}GET{sign_of_other}"), ACCESS_TIMESTAMP=stamp
    )
    assert (status, body["code"]) == (400, "40009")


async def test_venue_with_another_clock_says_so(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """B2: its own time is public, and decides over timestamps."""
    exchange.bitget.faults.clock_offset = -60
    status, body = await call(exchange, ALL_POSITIONS, clock.now())
    assert (status, body["code"]) == (400, "40008")
    async with aiohttp.ClientSession() as session:
        answer = await (await session.get(f"{exchange.url}/bitget/api/v2/public/time")).json()
    told = int(answer["data"]["serverTime"]) / 1000
    assert told == (clock.now() - timedelta(seconds=60)).timestamp()


async def test_key_with_an_ip_list_is_bound_to_it(exchange: Exchange, clock: ManualClock) -> None:
    """B4: 40018 from anywhere else."""
    account = exchange.bitget.open_account(KEY, SECRET, PASSPHRASE, addresses=("203.0.113.7",))
    assert (await call(exchange, ALL_POSITIONS, clock.now()))[1]["code"] == "40018"
    account.card.addresses = ("127.0.0.1",)
    assert await ask(exchange, ALL_POSITIONS, clock) == []


async def test_revoked_or_expired_key_is_invalid(exchange: Exchange, clock: ManualClock) -> None:
    """B3: 40006."""
    until = clock.now() + timedelta(hours=1)
    account = exchange.bitget.open_account(KEY, SECRET, PASSPHRASE, expires_at=until)
    assert await ask(exchange, ALL_POSITIONS, clock) == []
    await clock.advance(3600)
    assert (await call(exchange, ALL_POSITIONS, clock.now()))[1]["code"] == "40006"
    account.card.expires_at = None
    account.revoke()
    assert (await call(exchange, ALL_POSITIONS, clock.now()))[1]["code"] == "40006"


@pytest.mark.parametrize(
    ("rights", "authorities"),
    [
        (("read",), ["coor", "cpor"]),
        (("read", "trade"), ["coor", "cpor", "coow", "cpow"]),
        (("read", "withdraw"), ["coor", "cpor", "wwow"]),
    ],
)
async def test_key_says_what_it_may_do(
    exchange: Exchange, clock: ManualClock, rights: tuple[Right, ...], authorities: list[str]
) -> None:
    """B12, B11: its rights, its IP list, and whose it is."""
    account = exchange.bitget.open_account(
        KEY, SECRET, PASSPHRASE, rights=rights, uid="77", addresses=("127.0.0.1", "203.0.113.7")
    )
    info = await ask(exchange, INFO, clock)
    assert (info["userId"], info["authorities"], info["ips"]) == ("77", authorities, "127.0.0.1,203.0.113.7")
    account.card.uid = "78"
    await clock.advance(1)
    assert (await ask(exchange, INFO, clock))["userId"] == "78"


async def test_sixth_call_in_a_second_is_one_too_many(
    exchange: Exchange, account: DeskAccount, clock: ManualClock
) -> None:
    """B8: by account and call; a second later there is room again."""
    answers = [await call(exchange, ALL_POSITIONS, clock.now()) for _ in range(6)]
    assert [status for status, _ in answers] == [200] * 5 + [429]
    assert answers[-1][1]["code"] == "429"
    assert (await call(exchange, ACCOUNTS, clock.now()))[0] == 200
    await clock.advance(1)
    assert (await call(exchange, ALL_POSITIONS, clock.now()))[0] == 200


async def test_address_has_a_limit_of_its_own(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """B-24: of all calls in a minute, public ones too."""
    exchange.bitget.limits = CallLimits(a_minute=1)
    assert (await call(exchange, "/api/v2/public/time", clock.now()))[0] == 200
    assert (await call(exchange, "/api/v2/public/time", clock.now()))[0] == 429


async def test_open_orders_come_in_pages(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """Newest first, from a cursor on; none at all is `null`."""
    assert await ask(exchange, PENDING, clock) == {"entrustedList": None, "endId": None}
    first, second, third = [account.order("BTCUSDT", "long", "1", price) for price in ("100", "101", "102")]
    account.fill(second, "0.4")
    page = await ask(exchange, f"{PENDING}&limit=2", clock)
    assert [row["orderId"] for row in page["entrustedList"]] == [third, second]
    assert [row["status"] for row in page["entrustedList"]] == ["live", "partially_filled"]
    assert [row["priceAvg"] for row in page["entrustedList"]] == ["", "101"]
    page = await ask(exchange, f"{PENDING}&limit=2&idLessThan={page['endId']}", clock)
    assert [row["orderId"] for row in page["entrustedList"]] == [first]


async def test_trigger_orders_are_asked_for_by_kind(
    exchange: Exchange, account: DeskAccount, clock: ManualClock
) -> None:
    """One planType a call; a take-profit on the position is `pos_profit` here."""
    account.open("BTCUSDT", "long", "1", "50000")
    account.protect("BTCUSDT", "long", take_profit="60000")
    account.protect("BTCUSDT", "long", stop_loss="45000", size="0.5")
    rows = (await ask(exchange, f"{PLANS}&planType=profit_loss", clock))["entrustedList"]
    told = [(row["planType"], row["triggerPrice"], row["size"], row["planStatus"]) for row in rows]
    assert told == [("loss_plan", "45000", "0.5", "live"), ("pos_profit", "60000", "", "live")]
    assert (await ask(exchange, f"{PLANS}&planType=normal_plan", clock))["entrustedList"] is None
    assert (await call(exchange, PLANS, clock.now()))[1]["code"] == "40017"


async def test_fills_are_told_from_a_time_on(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """Each with the profit of what it closed; a fee that was paid is negative."""
    account.open("BTCUSDT", "long", "1", "50000")
    await clock.advance(10)
    account.close("BTCUSDT", "long", price="50100", push=False)
    since = int(clock.now().timestamp() * 1000)
    (row,) = (await ask(exchange, f"{FILLS}&startTime={since}", clock))["fillList"]
    assert (row["price"], row["profit"], row["tradeSide"]) == ("50100", "100", "sell_single")
    assert row["feeDetail"][0]["totalFee"] == "-30.06"
    assert len((await ask(exchange, FILLS, clock))["fillList"]) == 2


async def test_balances_have_empty_texts(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """`unrealizedPL` is one, and the union margin is misspelt."""
    account.balance("USDT", "10582.9", "10000")
    (row,) = await ask(exchange, ACCOUNTS, clock)
    assert (row["accountEquity"], row["available"], row["locked"]) == ("10582.9", "10000", "582.9")
    assert (row["unrealizedPL"], "unionTotalMagin" in row) == ("", True)


async def test_fault_answers_so_many_times(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """B8: a 429 with Retry-After, at one call alone."""
    exchange.bitget.faults.answers["all-position"] = Answer("429", 429, retry_after=7, times=1)
    async with aiohttp.ClientSession() as session:
        answer = await session.get(f"{exchange.url}/bitget{ALL_POSITIONS}")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    assert await ask(exchange, ALL_POSITIONS, clock) == []


async def test_rest_can_lie(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """B7: whatever it is told to say."""
    account.open("BTCUSDT", "long", "1", "50000")
    exchange.bitget.faults.lies["all-position"] = []
    assert await ask(exchange, ALL_POSITIONS, clock) == []


async def test_unknown_call_is_not_found(exchange: Exchange, account: DeskAccount, clock: ManualClock) -> None:
    """Of V1 there is nothing left."""
    status, body = await call(exchange, "/api/mix/v1/position/allPosition", clock.now())
    assert (status, body["code"]) == (404, "40404")
