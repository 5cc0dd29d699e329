"""Whatever takes a right away is said at once, once it is committed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from dashboard.models import ApiToken
from dashboard.sockets.control import VOICE, Control
from positions.models import Account
from tests.dashboard.tokens.samples import right_to_publish, token_of

pytestmark = pytest.mark.django_db
Hints = list[int | None]
Commit = DjangoCaptureOnCommitCallbacks


class People(NamedTuple):
    """Ada is logged in, has a token and an account, and belongs to a group that has a right and sees the account."""

    ada: User
    client: Client
    token: ApiToken
    group: Group
    account: Account


@pytest.fixture
def people(db: None, client: Client) -> People:
    ada, group = User.objects.create_user("ada"), Group.objects.create(name="desk")
    client.force_login(ada)
    group.permissions.add(right_to_publish())
    ada.groups.add(group)
    account = Account.objects.create(label="Main", owner=ada)
    account.groups.add(group)
    return People(ada, client, token_of(ada)[0], group, account)


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Commit) -> Commit:
    """What waits for the commit is done at the end of its block."""
    return django_capture_on_commit_callbacks


@pytest.fixture
def hints(people: People) -> Iterator[Hints]:
    """Of whom this process was told, since everybody was there."""
    hints: Hints = []

    def hear(said: Control) -> None:
        hints.extend(said.look)

    VOICE.ears.add(hear)
    yield hints
    VOICE.ears.discard(hear)


def log_out(people: People) -> None:
    people.client.logout()


def change_password(people: People) -> None:
    people.ada.set_unusable_password()
    people.ada.save()


def switch_off(people: People) -> None:
    people.ada.is_active = False
    people.ada.save(update_fields=["is_active"])


def leave_group(people: People) -> None:
    people.ada.groups.remove(people.group)


def change_rights(people: People) -> None:
    people.ada.user_permissions.set([right_to_publish()])


def revoke_token(people: People) -> None:
    people.token.revoke(people.token.expires_at)


def delete_token(people: People) -> None:
    people.token.delete()


@pytest.mark.parametrize(
    "change",
    [log_out, change_password, switch_off, leave_group, change_rights, revoke_token, delete_token],
    ids=lambda change: change.__name__,
)
def test_what_one_user_loses_is_a_hint_about_that_user(
    people: People, hints: Hints, commit: Commit, change: Callable[[People], None]
) -> None:
    """S3, S4: the push path."""
    with commit(execute=True):
        change(people)
    assert set(hints) == {people.ada.pk}


def empty_group(people: People) -> None:
    people.group.user_set.clear()


def take_right_from_group(people: People) -> None:
    people.group.permissions.clear()


def delete_group(people: People) -> None:
    people.group.delete()


def give_account_away(people: People) -> None:
    people.account.owner = User.objects.create_user("bob")
    people.account.save()


def hide_account_from_group(people: People) -> None:
    people.account.groups.remove(people.group)


def delete_account(people: People) -> None:
    people.account.delete()


@pytest.mark.parametrize(
    "change",
    [
        empty_group,
        take_right_from_group,
        delete_group,
        give_account_away,
        hide_account_from_group,
        delete_account,
    ],
    ids=lambda change: change.__name__,
)
def test_what_many_may_lose_is_a_hint_about_everybody(
    people: People, hints: Hints, commit: Commit, change: Callable[[People], None]
) -> None:
    """S4: whoever it concerns is found by the look."""
    with commit(execute=True):
        change(people)
    assert set(hints) == {None}


def test_a_deleted_user_is_still_named(people: People, hints: Hints, commit: Commit) -> None:
    """S3: by the id that the row had."""
    user_id = people.ada.pk
    people.account.delete()
    with commit(execute=True):
        people.ada.delete()
    assert set(hints) == {user_id}


def test_a_login_takes_nothing_away(people: People, hints: Hints, commit: Commit) -> None:
    """Nor does a new user, or a session of a stranger that ends."""
    with commit(execute=True):
        Client().force_login(people.ada)
        token_of(User.objects.create_user("bob"))
        stranger = Client().session
        stranger.save()
        stranger.delete()
    assert hints == []


def test_sessions_that_ran_out_are_cleared_without_a_word(people: People, hints: Hints, commit: Commit) -> None:
    """There may be thousands, and the look found them out when they ended."""
    Session.objects.update(expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    with commit(execute=True):
        call_command("clearsessions")
    assert not Session.objects.exists()
    assert hints == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_before_it_is_committed(people: People, hints: Hints) -> None:
    """Whoever looks then would see the old rows, and what is rolled back never was."""
    with transaction.atomic():
        switch_off(people)
        transaction.set_rollback(True)
    with transaction.atomic():
        switch_off(people)
        assert hints == []
    assert hints == [people.ada.pk]
