"""What the looks at accounts ask of a Redis server that does not take our password."""

import asyncio

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from redis import Redis

from dashboard.accounts.look import AccountsEye
from feeds.storage.health import CREDENTIALS_EVERY_S
from positions.models import Account
from tests.clock import ManualClock
from tests.redis_server import RedisServer


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


def logins(operator: "Redis") -> int:
    """That were refused."""
    return sum(int(str(entry["count"])) for entry in operator.acl_log() if entry["reason"] == "auth")
