"""Looks at the accounts, as their workers told of them last; and at a server that does not take our password."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from pytest_django import Settings
from redis import Redis

from dashboard.accounts.look import AccountsEye
from feeds.storage.health import CREDENTIALS_EVERY_S
from feeds.storage.live import LiveStore
from positions.models import Account
from tests.clock import ManualClock
from tests.dashboard.accounts.samples import LONG, NOON, ORDERS, account_state, orders_state, positions_state, write
from tests.redis_server import RedisServer

EARLIER = NOON - timedelta(minutes=1)


@pytest.fixture
def eye(redis_server: str) -> Iterator[AccountsEye]:
    with closing(AccountsEye(ManualClock())) as eye:
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


@pytest.mark.django_db
def test_wrong_password_is_not_tried_with_every_look(
    own_redis: RedisServer, settings: Settings, clock: ManualClock
) -> None:
    """L-14: or the server locks out whoever comes from this machine, the workers too."""
    Account.objects.create(label="A", owner=User.objects.create_user("ada"))
    settings.REDIS_URL = own_redis.url.replace("unix://", "unix://:wrong@")
    eye = AccountsEye(clock)
    with Redis.from_url(own_redis.url) as operator:
        operator.config_set("requirepass", "right")
        (look,) = eye.look()
        tried = logins(operator)
        eye.look()
        assert (look.line, logins(operator)) == (None, tried)
        asyncio.run(clock.advance(CREDENTIALS_EVERY_S))
        eye.look()
        assert logins(operator) > tried > 0
    eye.close()


def logins(operator: Redis) -> int:
    """That were refused."""
    return sum(int(str(entry["count"])) for entry in operator.acl_log() if entry["reason"] == "auth")
