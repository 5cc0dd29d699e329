"""Accounts in a worker: held by leases beside feeds and drains, each on a thread of its own."""

from collections.abc import Iterator

import pytest

from feeds.storage import lease
from feeds.storage.database import DatabaseThread
from feeds.worker import sessions
from positions.models import Account
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.server import Exchange
from tests.positions.observer import AccountObserver
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _worker_ends() -> Iterator[None]:
    """Whatever a test has started is told to stop, and awaited."""
    sessions.stopping.clear()
    yield
    sessions.stopping.set()
    assert sessions.late() == []


async def test_worker_follows_an_account_until_it_is_told_to_stop(
    exchange: Exchange,
    held: DeskAccount,
    account: Account,
    observer: AccountObserver,
    database: DatabaseThread,
) -> None:
    """D-07 W2: on a thread with a loop of its own; at the end the lease is free, and the venue sees 1000."""
    resource = f"account:{account.pk}"
    assert resource in await database.run(sessions.unheld)
    sessions.start(resource)
    await observer.in_state("connected")
    assert not await database.run(lease.unheld, [resource])
    sessions.stopping.set()
    await wait_until(lambda: not exchange.open_connections)
    assert {connection.close_code for connection in exchange.connections} == {1000}

    async def is_free() -> bool | None:
        return await database.run(lease.unheld, [resource]) == [resource] or None

    await wait_for(is_free)


async def test_account_that_is_switched_off_is_nobodys_to_follow(
    account: Account, database: DatabaseThread, redis_server: str
) -> None:
    """M-14: nor is one that is gone."""
    await database.run(lambda: Account.objects.filter(pk=account.pk).update(is_enabled=False))
    assert f"account:{account.pk}" not in await database.run(sessions.unheld)
