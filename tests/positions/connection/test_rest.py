"""What an account says over REST, in whichever of the venue's two worlds it lives."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import pytest_asyncio
from pytest_django import Settings

from positions.connection import rest
from positions.connection.rest import MAX_PAGES
from positions.errors import AccountRefused, Failure
from positions.types import KeyInfo
from positions.words import AccountKind, OrderKind, PositionSide
from tests.clock import ManualClock
from tests.exchange.bitget.faults import Answer
from tests.positions.calling import PLAN, Calling, open_calling
from tests.waiting import finish

UNKNOWN = PLAN._replace(kind=None)
PRICE = Decimal("60000")


@pytest_asyncio.fixture
async def calling(settings: Settings, clock: ManualClock) -> AsyncIterator[Calling]:
    async with open_calling(settings, clock) as calling:
        yield calling


async def test_positions_are_all_that_are_open(calling: Calling, clock: ManualClock) -> None:
    """M-04: with the venue's own time; none of them is flat."""
    account = calling.open()
    account.open("BTCUSDT", "long", "0.5", PRICE)
    account.open("ETHUSDT", "short", 2, 3000)
    read = await calling.client().positions()
    assert {(each.symbol, each.side, each.size) for each in read.positions} == {
        ("BTCUSDT", PositionSide.LONG, Decimal("0.5")),
        ("ETHUSDT", PositionSide.SHORT, Decimal(2)),
    }
    account.close("BTCUSDT", "long")
    account.close("ETHUSDT", "short")
    calling.desk.faults.clock_offset = 3.0
    flat = await calling.client().positions()
    assert (flat.positions, flat.is_whole, flat.told_at) == ((), True, clock.now() + timedelta(seconds=3))


async def test_orders_are_all_pages_and_those_that_wait_for_a_trigger(calling: Calling, clock: ManualClock) -> None:
    """M-04 M-17: two and a half pages, a take-profit and a stop-loss."""
    account = calling.open()
    account.open("BTCUSDT", "long", "0.5", PRICE)
    placed = {account.order("BTCUSDT", "long", "0.001", PRICE - number) for number in range(250)}
    placed |= set(account.protect("BTCUSDT", "long", PRICE + 1000, PRICE - 1000))
    read = await finish(calling.client().orders(), clock)
    assert ({order.order_id for order in read.orders}, len(read.orders)) == (placed, 252)
    assert read.is_whole
    kinds = {order.kind for order in read.orders}
    assert {OrderKind.LIMIT, OrderKind.POSITION_TAKE_PROFIT, OrderKind.POSITION_STOP_LOSS} == kinds


async def test_account_without_orders_has_none(calling: Calling, clock: ManualClock) -> None:
    """M-04: the venue says null."""
    calling.open()
    began = clock.now()
    read = await finish(calling.client().orders(), clock)
    assert (read.orders, read.is_whole, read.told_at) == ((), True, began)


async def test_more_orders_than_are_read_are_not_called_all(calling: Calling, clock: ManualClock) -> None:
    """B7: what was not read must not count as closed."""
    account = calling.open()
    for number in range(MAX_PAGES * 100 + 1):
        account.order("BTCUSDT", "long", "0.001", PRICE - number)
    read = await finish(calling.client().orders(), clock)
    assert (len(read.orders), read.is_whole) == (MAX_PAGES * 100, False)


async def test_one_list_that_fails_fails_them_all(calling: Calling, clock: ManualClock) -> None:
    """B7: orders without their triggers would look like triggers that are gone."""
    calling.open()
    calling.desk.faults.answers["orders-plan-pending"] = Answer("45001", times=1)
    with pytest.raises(AccountRefused) as refusal:
        await finish(calling.client().orders(), clock)
    assert refusal.value.failure is Failure.VENUE


async def test_fills_since_a_moment_are_read_to_the_end(calling: Calling, clock: ManualClock) -> None:
    """M-04: each once, over more than a page; none from before."""
    account = calling.open()
    account.open("BTCUSDT", "long", 1, PRICE)
    await clock.advance(60.0)
    since = clock.now()
    order = account.order("BTCUSDT", "long", 1, PRICE)
    made = {account.fill(order, "0.001").trade_id for _ in range(150)}
    read, after = await finish(calling.client().fills(since), clock)
    assert ({fill.fill_id for fill in read.fills}, len(read.fills), after) == (made, 150, "")
    assert all(fill.fee is not None and fill.fee < 0 for fill in read.fills)


async def test_fills_that_are_too_many_for_one_read_are_read_on(
    calling: Calling, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M-07: from where the first read stopped, until all are known."""
    monkeypatch.setattr(rest, "MAX_PAGES", 1)
    account, client, since = calling.open(), calling.client(), clock.now()
    order = account.order("BTCUSDT", "long", 1, PRICE)
    made = {account.fill(order, "0.001").trade_id for _ in range(150)}
    first, after = await finish(client.fills(since), clock)
    second, end = await finish(client.fills(since, after), clock)
    assert (len(first.fills), len(second.fills), end) == (100, 50, "")
    assert {fill.fill_id for fill in (*first.fills, *second.fills)} == made


async def test_both_fills_of_a_trade_with_oneself_are_read(calling: Calling, clock: ManualClock) -> None:
    """B-08: BitGet gives both of them one tradeId."""
    account = calling.open()
    orders = [account.order("BTCUSDT", side, 1, PRICE) for side in ("long", "short")]
    made = [replace(account.fill(order, "0.001"), trade_id="7") for order in orders]
    account.trading.executions = made
    read, _ = await finish(calling.client().fills(clock.now() - timedelta(hours=1)), clock)
    assert {fill.key for fill in read.fills} == {("7", order) for order in orders}


async def test_fills_of_a_longer_time_than_the_venue_tells_are_those_of_a_week(
    calling: Calling, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """M-07: after a long downtime; what is left out is said."""
    account = calling.open()
    account.open("BTCUSDT", "long", 1, PRICE)
    since = clock.now()
    await clock.advance(8 * 86_400.0)
    account.open("BTCUSDT", "long", 2, PRICE)
    with caplog.at_level(logging.WARNING, "positions.connection.rest"):
        read, _ = await finish(calling.client().fills(since), clock)
    assert [fill.size for fill in read.fills] == [2]
    assert "not all fills" in caplog.text


async def test_balances_and_rights_are_read(calling: Calling) -> None:
    """D-04: what the key may do and from where, and whose it is."""
    account = calling.open(uid="4711")
    account.balance("USDT", "1234.5", "1000")
    account.card.rights, account.card.addresses = ("read", "trade"), ("127.0.0.1", "192.0.2.1")
    client = calling.client()
    (usdt,) = (await client.balances()).balances
    assert (usdt.coin, usdt.equity, usdt.available) == ("USDT", Decimal("1234.5"), Decimal(1000))
    assert await client.key_info() == KeyInfo("4711", frozenset({"read", "trade"}), ("127.0.0.1", "192.0.2.1"))


@pytest.mark.parametrize("kind", ["classic", "unified"])
async def test_world_of_an_account_is_found_out(calling: Calling, kind: str) -> None:
    """B-02: by one signed call, which 40085 or an answer decides."""
    calling.open().card.kind = "unified" if kind == "unified" else "classic"
    assert await calling.client(UNKNOWN).detect_kind() == AccountKind(kind)
    assert calling.codes() == ["40085" if kind == "unified" else "00000"]


async def test_refusal_says_nothing_about_the_world(calling: Calling) -> None:
    """B-02: a wrong key is told as that."""
    with pytest.raises(AccountRefused) as refusal:
        await calling.client(UNKNOWN).detect_kind()
    assert refusal.value.failure is Failure.CREDENTIALS


async def test_account_that_moved_is_told_and_found_again(calling: Calling, clock: ManualClock) -> None:
    """B-02: a classic account that became a unified one."""
    account = calling.open()
    client = calling.client(UNKNOWN)
    await client.balances()
    account.card.kind = "unified"
    with pytest.raises(AccountRefused) as refusal:
        await client.positions()
    assert refusal.value.failure is Failure.KIND
    assert await client.detect_kind() is AccountKind.UNIFIED


async def test_unified_account_is_asked_in_its_own_world(calling: Calling, clock: ManualClock) -> None:
    """B-02 M-04: everything, once the first question has found out where it lives."""
    account = calling.open(kind="unified")
    account.open("BTCUSDT", "long", "0.5", PRICE)
    placed = {account.order("BTCUSDT", "long", "0.001", PRICE - number) for number in range(120)}
    placed |= set(account.protect("BTCUSDT", "long", PRICE + 1000, PRICE - 1000))
    client = calling.client(UNKNOWN)
    (held,) = (await finish(client.positions(), clock)).positions
    assert (held.symbol, held.side, held.size) == ("BTCUSDT", PositionSide.LONG, Decimal("0.5"))
    orders = await finish(client.orders(), clock)
    assert ({order.order_id for order in orders.orders}, orders.is_whole) == (placed, True)
    assert len((await finish(client.fills(clock.now() - timedelta(hours=1)), clock)).content.fills) == 1
    assert (await finish(client.balances(), clock)).balances
    assert (await finish(client.key_info(), clock)).uid == "1001"
    codes = calling.codes()
    assert (codes[0], set(codes[1:])) == ("40085", {"00000"})
