"""The sockets of the accounts' pages: who is sent what, and when no more."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from channels.db import database_sync_to_async
from django.test import Client
from msgspec import structs

from dashboard.accounts.consumers import DebugConsumer
from dashboard.accounts.hub import AccountHub
from feeds.clock import SystemClock
from feeds.storage.live import LiveStore
from positions.models import Account
from tests.clock import ManualClock
from tests.dashboard.accounts.samples import LONG, account_state, debug_state, orders_state, positions_state, write
from tests.dashboard.accounts.talking import communicator, connected, next_with
from tests.dashboard.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


async def tell(store: LiveStore, account: Account) -> None:
    """All that a worker tells of an account."""
    line = structs.replace(LONG, symbol=f"HELD{account.pk}USDT")
    now = datetime.now(UTC)
    await write(store, positions_state(account.pk, line), orders_state(account.pk), account_state(account.pk, now=now))
    await write(store, debug_state(account.pk))


async def test_the_whole_account_comes_first_and_then_what_changes(
    visitor: Visitor, ada_account: Account, store: LiveStore
) -> None:
    """B-14: a position that moves is there one beat later."""
    await tell(store, ada_account)
    async with connected(visitor) as socket:
        hello = await next_with(socket, "hello")
        assert hello["accounts"] == [ada_account.pk]
        position = await next_with(socket, "position")
        assert position["account"] == ada_account.pk
        assert position["positions"][0]["pnl"] == {"text": "+34.70 USDT (+0.36%)", "exact": "34.695 USDT"}
        await write(store, positions_state(ada_account.pk, structs.replace(LONG, pnl=Decimal(-1), pnl_percent=None)))
        assert (await next_with(socket, "position"))["positions"][0]["pnl"]["text"] == "-1.00 USDT"


async def test_a_burst_is_painted_at_most_ten_times_a_second(
    visitor: Visitor, ada_account: Account, store: LiveStore
) -> None:
    """B-14: of 100 updates few are sent, and the last one is."""
    async with connected(visitor) as socket:
        await next_with(socket, "tick")
        began = asyncio.get_running_loop().time()
        for pnl in range(1, 101):
            await write(
                store, positions_state(ada_account.pk, structs.replace(LONG, pnl=Decimal(pnl), pnl_percent=None))
            )
        sent = 1
        while (await next_with(socket, "position"))["positions"][0]["pnl"]["text"] != "+100.00 USDT":
            sent += 1
        assert sent <= (asyncio.get_running_loop().time() - began) * 10 + 2


async def test_not_a_byte_of_anothers_account_is_sent(
    visitor: Visitor, ada_account: Account, bob_account: Account, store: LiveStore
) -> None:
    """One reader serves all browsers; each is handed its own."""
    await tell(store, ada_account)
    await tell(store, bob_account)
    bob = Visitor(bob_account.owner, Client())
    await database_sync_to_async(bob.client.force_login)(bob.user)
    hub = AccountHub(SystemClock())
    async with connected(bob, hub=hub) as theirs, connected(visitor, hub=hub) as ours:
        seen: list[str] = []
        for _ in range(2):
            await next_with(ours, "tick", seen)
        await next_with(theirs, "position")
    frames = "".join(seen)
    assert f"HELD{ada_account.pk}USDT" in frames
    assert f"HELD{bob_account.pk}USDT" not in frames
    assert f'"account":{bob_account.pk},' not in frames


async def test_who_may_no_longer_see_an_account_is_sent_nothing_more_of_it(
    visitor: Visitor, ada_account: Account, bob_account: Account, store: LiveStore, clock: ManualClock
) -> None:
    """Rights are looked at as often as the login; the page starts over without the account."""
    await tell(store, ada_account)
    async with connected(visitor, clock) as socket:
        await next_with(socket, "position")
        await Account.objects.filter(pk=ada_account.pk).aupdate(owner=bob_account.owner)
        await clock.advance(5)
        assert (await next_with(socket, "hello"))["accounts"] == []
        await tell(store, ada_account)
        later: list[str] = []
        for _ in range(2):
            await next_with(socket, "tick", later)
        assert "HELD" not in "".join(later)


async def test_an_account_that_one_may_see_from_now_on_comes_by_itself(
    visitor: Visitor, bob_account: Account, store: LiveStore, clock: ManualClock
) -> None:
    """The page without accounts becomes one with them."""
    await tell(store, bob_account)
    async with connected(visitor, clock) as socket:
        assert (await next_with(socket, "hello"))["accounts"] == []
        await Account.objects.filter(pk=bob_account.pk).aupdate(owner=visitor.user)
        await clock.advance(5)
        assert (await next_with(socket, "hello"))["accounts"] == [bob_account.pk]
        assert (await next_with(socket, "position"))["account"] == bob_account.pk


async def test_the_debug_record_is_for_staff(operator: Visitor, ada_account: Account, store: LiveStore) -> None:
    """M-11: it comes on the staff page's socket, and on no other."""
    await tell(store, ada_account)
    async with connected(operator, consumer=DebugConsumer) as socket:
        assert (await next_with(socket, "debug"))["messages"][0]["text"].startswith("🔮 OMEGA DEBUG ")
    async with connected(operator) as socket:
        seen: list[str] = []
        await next_with(socket, "tick", seen)
        await next_with(socket, "tick", seen)
        assert '"debug"' not in "".join(seen)


async def test_who_is_not_staff_is_refused(visitor: Visitor, ada_account: Account, store: LiveStore) -> None:
    """Before the socket opens."""
    assert await communicator(visitor, DebugConsumer).connect(timeout=5) == (False, 4403)


async def test_who_is_staff_no_more_loses_the_socket(
    operator: Visitor, ada_account: Account, store: LiveStore, clock: ManualClock
) -> None:
    """Within 5 s."""
    async with connected(operator, clock, DebugConsumer) as socket:
        await next_with(socket, "hello")
        operator.user.is_staff = False
        await operator.user.asave()
        await clock.advance(5)
        while (output := await socket.receive_output(timeout=5))["type"] != "websocket.close":
            pass
        assert output["code"] == 4403
