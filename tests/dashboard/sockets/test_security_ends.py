"""W-15, suite security: who got in hears no more once their login or their token has ended."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session

from dashboard.models import ApiToken
from dashboard.sockets.door import Door
from tests.clock import ManualClock
from tests.dashboard.conftest import Visitor
from tests.dashboard.sockets.talking import (
    CLIENTS,
    a_second_ago,
    browser,
    connected,
    headers_of,
    make_token,
    program,
)

pytestmark = pytest.mark.django_db(transaction=True)


def _log_out(visitor: Visitor) -> None:
    visitor.client.logout()


def _change_password(visitor: Visitor) -> None:
    visitor.user.set_password("another sea, another night")
    visitor.user.save()


def _switch_off(visitor: Visitor) -> None:
    User.objects.filter(pk=visitor.user.pk).update(is_active=False)


def _delete(visitor: Visitor) -> None:
    User.objects.filter(pk=visitor.user.pk).delete()


def _flush(visitor: Visitor) -> None:
    Session.objects.all().delete()


def _expire(visitor: Visitor) -> None:
    Session.objects.update(expire_date=a_second_ago())


@pytest.mark.parametrize("end", [_log_out, _change_password, _switch_off, _delete, _flush, _expire])
async def test_a_socket_does_not_outlive_its_login(
    site: Door, visitor: Visitor, clock: ManualClock, end: Callable[[Visitor], None]
) -> None:
    """S3: within 5 s, whatever ended it; after that nothing is sent."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("positions")
        await database_sync_to_async(end)(visitor)
        await clock.advance(5)
        assert (await talk.closed())[0] == 4401
        assert talk.socket.output_queue.empty()


def _revoke(visitor: Visitor) -> None:
    ApiToken.objects.update(revoked_at=a_second_ago())


def _outdate(visitor: Visitor) -> None:
    ApiToken.objects.update(expires_at=a_second_ago())


@pytest.mark.parametrize("end", [_revoke, _outdate, _switch_off, _delete])
@pytest.mark.parametrize("is_early", [True, False])
async def test_a_socket_does_not_outlive_its_token(
    site: Door, visitor: Visitor, clock: ManualClock, end: Callable[[Visitor], None], is_early: bool
) -> None:
    """S3: within 5 s, whether the token came in the handshake or in the first frame."""
    token = await make_token(visitor.user)
    async with connected(site, CLIENTS, headers_of(origin=None, token=token if is_early else "")) as talk:
        if not is_early:
            await talk.say("auth", token=token)
        await talk.next("hello")
        await database_sync_to_async(end)(visitor)
        await clock.advance(5)
        assert (await talk.closed())[0] == 4401


def _revoke_by_hand(visitor: Visitor) -> None:
    ApiToken.objects.get().revoke(datetime.now(UTC))


def _switch_off_by_hand(visitor: Visitor) -> None:
    visitor.user.is_active = False
    visitor.user.save()


@pytest.mark.parametrize(
    ("has_token", "end"),
    [
        (False, _log_out),
        (False, _change_password),
        (False, _switch_off_by_hand),
        (True, _switch_off_by_hand),
        (True, _revoke_by_hand),
    ],
)
async def test_what_ends_a_login_ends_its_sockets_at_once(
    site: Door, visitor: Visitor, has_token: bool, end: Callable[[Visitor], None]
) -> None:
    """S3: within 2 s, though no clock moves and no Redis carries messages: this process knows it by itself."""
    token = await make_token(visitor.user)
    async with program(token, site) if has_token else browser(visitor, site) as talk:
        await talk.next("hello")
        await database_sync_to_async(end)(visitor)
        assert (await talk.closed(within=2.0))[0] == 4401
