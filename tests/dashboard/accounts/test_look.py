"""One look at the accounts, as their workers told of them last."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from asgiref.sync import sync_to_async

from dashboard.accounts.look import AccountsEye
from feeds.storage.live import LiveStore
from positions.models import Account
from tests.dashboard.accounts.samples import LONG, NOON, ORDERS, account_state, orders_state, positions_state, write

EARLIER = NOON - timedelta(minutes=1)


@pytest.fixture
def eye(redis_server: str) -> Iterator[AccountsEye]:
    with closing(AccountsEye()) as eye:
        yield eye


@pytest.mark.parametrize(
    ("held", "ordered", "told"),
    [(None, None, None), (None, NOON, NOON), (NOON, EARLIER, EARLIER), (EARLIER, NOON, EARLIER), (NOON, None, NOON)],
)
async def test_an_account_is_as_old_as_the_oldest_that_it_tells(
    ada_account: Account,
    eye: AccountsEye,
    store: LiveStore,
    held: datetime | None,
    ordered: datetime | None,
    told: datetime | None,
) -> None:
    """M-07: orders that REST does not tell are no sure ones, whatever is known of the positions."""
    account = ada_account.pk
    await write(store, account_state(account), positions_state(account, LONG, stale_since_at=held))
    await write(store, orders_state(account, *ORDERS, stale_since_at=ordered))
    (look,) = await sync_to_async(eye.look)()
    assert (look.line is not None, look.stale_since_at) == (True, told)
