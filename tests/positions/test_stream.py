"""The whole loop of an account: a real exchange, a real Redis, a real database, and the real clock."""

import pytest

from feeds.storage.database import DatabaseThread
from positions.models import Account, Position, StreamEvent
from tests.exchange.bitget.account import DeskAccount
from tests.positions.observer import AccountObserver
from tests.positions.running import following
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_account_is_followed_from_login_to_what_it_holds(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """M-02 M-03: connected, every channel named, kind and account id found out, and the position is there."""
    async with following(account):
        line = await observer.in_state("connected")
        state = await observer.positions(lambda state: state.positions and state.stale_since_at is None)
    assert set(line.channels) == {"positions", "orders", "orders-algo", "account", "fill"}
    assert line.heartbeat_at is not None
    assert [(each.symbol, each.side, f"{each.size:f}") for each in state.positions] == [("BTCUSDT", "long", "0.5")]
    row = await database.run(lambda: Account.objects.get(pk=account.pk))
    assert (row.kind, row.uid) == ("classic", "1001")
    states = await database.run(lambda: list(StreamEvent.objects.order_by("id").values_list("state", flat=True)))
    assert states == [
        "disconnected", "connecting", "authenticating", "subscribing", "connected", "disconnected"
    ]
