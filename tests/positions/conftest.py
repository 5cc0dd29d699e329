"""What tests of accounts ask for: an account at the venue, its row with sealed credentials, an observer of Redis."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from django.contrib.auth import get_user_model

from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from positions.keys.credentials import Credentials
from positions.keys.encryption import seal
from positions.models import Account
from tests.clock import ScaledClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.server import Exchange
from tests.positions.observer import AccountObserver

CREDENTIALS = Credentials("bg_0123456789abcdef", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "open sesame")


@pytest.fixture
def desk(exchange: Exchange) -> BitgetDesk:
    """BitGet's private side of the replay exchange."""
    return exchange.bitget


@pytest.fixture
def held(desk: BitgetDesk) -> DeskAccount:
    """A classic account at the venue, with a long position."""
    account = desk.open_account(CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase, uid="1001")
    account.open("BTCUSDT", "long", "0.5", "60000")
    return account


@pytest.fixture
def quick(desk: BitgetDesk) -> ScaledClock:
    """Ten seconds pass in one of ours, at the venue too."""
    clock = ScaledClock(10.0)
    desk.clock = clock.now
    return clock


@pytest_asyncio.fixture
async def database() -> AsyncIterator[DatabaseThread]:
    database = DatabaseThread("test")
    yield database
    await database.close()


@pytest.fixture
def account(transactional_db: None) -> Account:
    """The row of the account `held`, which nobody has followed yet."""
    owner = get_user_model().objects.create_user("owner")
    account = Account(label="Main", owner=owner)
    seal(account, CREDENTIALS)
    account.save()
    return account


@pytest_asyncio.fixture
async def observer(redis_server: str, account: Account) -> AsyncIterator[AccountObserver]:
    store = LiveStore(redis_server)
    yield AccountObserver(store, account.pk)
    await store.close()
