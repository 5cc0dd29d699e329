"""The whole loop of an account: a real exchange, a real Redis, a real database, and the real clock."""

import threading
from decimal import Decimal

import pytest

from feeds.storage.database import DatabaseThread
from positions.models import Account, Position, StreamEvent
from tests.clock import ScaledClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.card import Kind
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.server import Exchange
from tests.positions.conftest import CREDENTIALS
from tests.positions.observer import AccountObserver
from tests.positions.running import every_fill_is_stored, following
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


async def states(database: DatabaseThread) -> list[str]:
    """Of the line, in the order in which it entered them."""
    told = StreamEvent.objects.filter(kind="state").order_by("id").values_list("state", flat=True)
    return await database.run(lambda: list(told))


async def test_account_is_followed_from_login_to_what_it_holds(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """M-02 M-03: connected with every channel, kind and account id are found out, and the position is there."""
    async with following(account):
        line = await observer.in_state("connected")
        state = await observer.positions(lambda state: state.positions and state.stale_since_at is None)
    assert set(line.channels) == {"positions", "orders", "orders-algo", "account", "fill"}
    assert line.heartbeat_at is not None
    assert [(each.symbol, each.side, f"{each.size:f}") for each in state.positions] == [("BTCUSDT", "long", "0.5")]
    row = await database.run(lambda: Account.objects.get(pk=account.pk))
    assert (row.kind, row.uid) == ("classic", "1001")
    way_in = ["connecting", "authenticating", "subscribing", "connected"]
    assert await states(database) == ["disconnected", *way_in, "disconnected"]


async def test_pushes_are_shown_and_written_down(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """B-11, M-07: a fill makes the position larger; an order rests; closed, the account is flat and the rows say so."""
    async with following(account):
        await observer.in_state("connected")
        held.open("BTCUSDT", "long", "0.25", "61000")
        await observer.positions(lambda state: [f"{each.size:f}" for each in state.positions] == ["0.75"])
        order = held.order("ETHUSDT", "long", "2", "2500")
        await observer.orders(lambda state: order in {each.order_id for each in state.orders})
        held.close("BTCUSDT", "long")
        await observer.positions(lambda state: not state.positions and state.is_known)
        await every_fill_is_stored(held, database)
    (row,) = await database.run(lambda: list(Position.objects.all()))
    assert (row.size, row.closed_at is None) == (0, False)


async def test_cut_line_comes_back_within_two_seconds_and_asks_rest(
    held: DeskAccount, account: Account, observer: AccountObserver
) -> None:
    """B10 M-07: what was held stays meanwhile, marked as old; what happened meanwhile is there afterwards."""
    async with following(account):
        await observer.in_state("connected")
        held.cut()
        held.open("BTCUSDT", "long", "0.1", "61000")
        line = await observer.in_state("reconnecting")
        assert line.retry_at is not None
        state = await observer.positions(lambda state: state.stale_since_at)
        assert [each.symbol for each in state.positions] == ["BTCUSDT"]
        calls = len(held.desk.calls)
        await observer.in_state("connected", within=2.0)
        await wait_until(lambda: any("all-position" in call.path for call in held.desk.calls[calls:]))
        await observer.positions(lambda state: [f"{each.size:f}" for each in state.positions] == ["0.6"])


async def test_position_that_is_closed_while_nobody_looks_is_stale_then_gone(
    exchange: Exchange, held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """The worker is stopped: stale at once; it returns, and what was closed meanwhile is closed within 15 s."""
    await database.run(lambda: Account.objects.filter(pk=account.pk).update(uid="1001"))
    async with following(account):
        await observer.in_state("connected")
    state = await observer.positions(lambda state: state.stale_since_at, within=2.0)
    assert [each.symbol for each in state.positions] == ["BTCUSDT"]
    held.close("BTCUSDT", "long")
    async with following(account):
        await observer.positions(lambda state: state.stale_since_at is None and not state.positions, within=15.0)
    row = await database.run(Position.objects.get)
    assert row.closed_at is not None


async def test_switched_off_account_is_left(
    exchange: Exchange,
    held: DeskAccount,
    account: Account,
    observer: AccountObserver,
    database: DatabaseThread,
    quick: ScaledClock,
) -> None:
    """The loop ends by itself, its sockets politely."""
    async with following(account, quick) as task:
        await observer.in_state("connected")
        await database.run(lambda: Account.objects.filter(pk=account.pk).update(is_enabled=False))
        assert await task
    assert {connection.close_code for connection in exchange.connections} == {1000}


async def test_hourly_ranges_are_measured_beside_what_renews_the_lease(
    held: DeskAccount, account: Account, observer: AccountObserver
) -> None:
    """D-06: a slow query must not cost the account its worker; the thread ends with the line."""
    name = f"database-ranges:{account.pk}"
    async with following(account):
        await wait_until(lambda: any(thread.name.startswith(name) for thread in threading.enumerate()))
    await wait_until(lambda: not any(thread.name.startswith(name) for thread in threading.enumerate()))


async def test_account_is_followed_by_one_worker(
    held: DeskAccount, account: Account, observer: AccountObserver
) -> None:
    """The lease decides."""
    async with following(account):
        await observer.in_state("connected")
        async with following(account, holder="another") as other:
            assert not await other
    assert len(held.desk.logins) == 1


@pytest.mark.parametrize("kind", ["classic", "unified"])
async def test_kind_of_account_is_found_out_in_demo_trading(
    desk: BitgetDesk, account: Account, observer: AccountObserver, database: DatabaseThread, kind: Kind
) -> None:
    """2.4: 40085 means unified; demo trading has sockets of its own, and a header in REST."""
    key, secret, passphrase = CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase
    desk.open_account(key, secret, passphrase, kind=kind, environment="demo").open("ETHUSDT", "short", "3", "2500")
    await database.run(lambda: Account.objects.filter(pk=account.pk).update(environment="demo"))
    async with following(account):
        await observer.in_state("connected")
        state = await observer.positions(lambda state: state.positions and state.stale_since_at is None)
    assert [(each.symbol, each.side) for each in state.positions] == [("ETHUSDT", "short")]
    assert (await database.run(lambda: Account.objects.get(pk=account.pk))).kind == kind


async def test_account_that_changed_its_kind_is_asked_again(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """2.4: it was upgraded since, or the row says it wrong; the other world is tried, once."""
    await database.run(lambda: Account.objects.filter(pk=account.pk).update(kind="unified"))
    async with following(account):
        await observer.in_state("connected")
    assert (await database.run(lambda: Account.objects.get(pk=account.pk))).kind == "classic"


async def test_mark_price_comes_from_the_public_line(
    held: DeskAccount, account: Account, observer: AccountObserver
) -> None:
    """B-27 B-11: no push says that only the price moved."""
    async with following(account):
        await observer.in_state("connected")
        held.mark("BTCUSDT", "60100")
        state = await observer.positions(lambda state: [each.pnl for each in state.positions] == [Decimal(50)])
    assert state.positions[0].mark_price == Decimal("60100")
