"""The whole loop of an account: a real exchange, a real Redis, a real database, and the real clock."""

import threading
from decimal import Decimal

import pytest

from feeds.storage.database import DatabaseThread
from positions.keys.credentials import Credentials
from positions.keys.encryption import seal
from positions.models import Account, Fill, Position, StreamEvent
from tests.clock import ScaledClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.card import Kind
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.server import Exchange
from tests.positions.conftest import CREDENTIALS
from tests.positions.observer import AccountObserver
from tests.positions.running import following
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
    (row,) = await database.run(lambda: list(Position.objects.all()))
    assert (row.size, row.closed_at is None) == (0, False)
    assert await database.run(Fill.objects.count) == len(held.executions)


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


async def test_revoked_key_leaves_what_was_held_and_says_so(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """B3: an error within 5 s; the position stays with its age, and no row says that it is 0."""
    async with following(account):
        await observer.in_state("connected")
        held.revoke()
        line = await observer.in_state("error", within=5.0)
        state = await observer.positions(lambda state: state.stale_since_at)
    assert "API key refused" in line.text
    assert [alert.kind for alert in line.alerts] == ["refused"]
    assert [f"{each.size:f}" for each in state.positions] == ["0.5"]
    assert not await database.run(Position.objects.filter(size=0).exists)


@pytest.mark.parametrize(
    ("credentials", "sentence"),
    [
        (Credentials(CREDENTIALS.key, "another secret", CREDENTIALS.passphrase), "signature refused"),
        (Credentials(CREDENTIALS.key, CREDENTIALS.secret, "another phrase"), "passphrase refused"),
        (Credentials("another key", CREDENTIALS.secret, CREDENTIALS.passphrase), "API key refused"),
    ],
    ids=["secret", "passphrase", "key"],
)
async def test_wrong_credentials_are_told_with_their_reason(
    held: DeskAccount,
    account: Account,
    observer: AccountObserver,
    database: DatabaseThread,
    credentials: Credentials,
    sentence: str,
) -> None:
    """B1 B4 M-09: within 5 s, after at most two logins, and nothing secret is in it."""
    await database.run(save_credentials, account, credentials)
    async with following(account):
        line = await observer.in_state("error", within=5.0)
    assert sentence in line.text
    assert not any(secret in line.text for secret in (credentials.secret, credentials.passphrase))
    assert len(held.desk.logins) <= 2
    assert line.retry_at is None


async def test_edited_credentials_are_taken_at_once(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread, quick: ScaledClock
) -> None:
    """M-09: what was refused is over."""
    await database.run(save_credentials, account, Credentials(CREDENTIALS.key, "another", CREDENTIALS.passphrase))
    async with following(account, quick):
        await observer.in_state("error")
        await database.run(save_credentials, account, CREDENTIALS)
        line = await observer.in_state("connected")
    assert line.alerts == []


def save_credentials(account: Account, credentials: Credentials) -> None:
    seal(account, credentials)
    account.save()


async def test_refused_signature_is_tried_twice_and_not_again(
    held: DeskAccount, account: Account, observer: AccountObserver
) -> None:
    """B1 B-05: the venue's clock is asked in between, and the sentence says how far off ours is."""
    held.desk.faults.login_code = "30015"
    async with following(account):
        line = await observer.in_state("error", within=5.0)
    assert "check secret, passphrase, clock (skew " in line.text
    assert len(held.desk.logins) == 2
    assert sum("time" in call.path for call in held.desk.calls) == 2


@pytest.mark.parametrize("offset", [60.0, -60.0])
async def test_wrong_clock_is_corrected_and_told(
    held: DeskAccount, account: Account, observer: AccountObserver, offset: float
) -> None:
    """B2: connected within 5 s by the venue's own time."""
    held.desk.faults.clock_offset = offset
    async with following(account):
        line = await observer.line(lambda line: line.state == "connected", within=5.0)
    assert [alert.kind for alert in line.alerts] == ["clock"]
    assert line.clock_skew_ms == pytest.approx(offset * 1000, abs=2000)


async def test_address_that_is_not_allowed_is_named(
    desk: BitgetDesk, account: Account, observer: AccountObserver
) -> None:
    """B4."""
    desk.open_account(CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase, addresses=("192.0.2.1",))
    async with following(account):
        line = await observer.in_state("error", within=5.0)
    assert "our IP address is not on the key's list" in line.text


async def test_key_of_another_account_is_refused_before_anything_is_believed(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """B11: nothing of it is shown or stored, and nobody logs in with it."""
    await database.run(lambda: Account.objects.filter(pk=account.pk).update(uid="2002"))
    async with following(account):
        line = await observer.in_state("error", within=5.0)
        state = await observer.positions(lambda state: True)
    assert "another BitGet account" in line.text
    assert [alert.kind for alert in line.alerts] == ["refused"]
    assert (state.positions, state.is_known) == ([], False)
    assert held.desk.logins == []
    assert not await database.run(Position.objects.exists)


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


async def test_credentials_that_do_not_open_are_told(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """S12: with the sentence that helps, and the label as people wrote it; nothing is asked of the venue."""
    await database.run(lambda: Account.objects.filter(pk=account.pk).update(sealed="", label="Börse"))
    async with following(account):
        line = await observer.in_state("error")
    assert "Börse has no API key yet" in line.text
    assert held.desk.calls == []


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
