"""Who is behind a login, and what they may."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from dashboard.models import ApiToken
from dashboard.protocol.topics import OF_STAFF, Topic
from dashboard.sockets.identity import Identity, Login, SessionLogin, TokenLogin, identify, identify_all, note_use
from positions.models import Account
from tests.dashboard.sockets.logins import session_for, token_for
from tests.dashboard.tokens.samples import right_to_publish, token_of

pytestmark = pytest.mark.django_db
_WAY_IN = {BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend"}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada")


def sessions_for(users: list[User]) -> list[SessionLogin]:
    """As after logins in as many browsers."""
    ends_at = datetime.now(UTC) + timedelta(days=1)
    said = [{**_WAY_IN, SESSION_KEY: str(user.pk), HASH_SESSION_KEY: user.get_session_auth_hash()} for user in users]
    rows = Session.objects.bulk_create(
        Session(session_key=uuid4().hex, session_data=SessionStore().encode(data), expire_date=ends_at) for data in said
    )
    return [SessionLogin(row.session_key) for row in rows]


def who(login: Login) -> Identity:
    identity = identify(login)
    assert identity
    return identity


def test_session_and_token_are_the_same_user(ada: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """W-17: three queries for a session, two for a token; that it was used is not written before the answer."""
    session, token = session_for(ada), token_for(ada)
    with django_assert_num_queries(3):
        by_session = identify(session)
    with django_assert_num_queries(2):
        by_token = identify(token)
    everything = frozenset(Topic) - OF_STAFF
    assert by_session == Identity(ada.pk, "ada", False, everything, may_publish=False)
    assert by_token == Identity(ada.pk, "ada", False, everything, False, ApiToken.objects.get().pk)


def switch_off(ada: User) -> None:
    User.objects.update(is_active=False)


def change_password(ada: User) -> None:
    ada.set_unusable_password()
    ada.save()


def log_out(ada: User) -> None:
    Session.objects.all().delete()


def expire_sessions(ada: User) -> None:
    Session.objects.update(expire_date=LONG_AGO)


def spoil_sessions(ada: User) -> None:
    Session.objects.update(session_data="nonsense")


def delete_user(ada: User) -> None:
    ada.delete()


@pytest.mark.parametrize(
    "end",
    [switch_off, change_password, log_out, expire_sessions, spoil_sessions, delete_user],
    ids=lambda end: end.__name__,
)
def test_session_ends(ada: User, end: Callable[[User], None]) -> None:
    """S3: whatever ends it, the next look finds nobody."""
    session = session_for(ada)
    assert identify(session)
    end(ada)
    assert identify(session) is None


def test_session_of_a_way_in_that_was_closed_does_not_hold(ada: User, settings: Settings) -> None:
    """S3: as in Django's own look at it."""
    session = session_for(ada)
    settings.AUTHENTICATION_BACKENDS = ["some.other.Backend"]
    assert identify(session) is None


def test_session_survives_a_new_secret_key(ada: User, settings: Settings) -> None:
    """As long as the old one stays among the fallbacks."""
    session = session_for(ada)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]
    assert identify(session)
    settings.SECRET_KEY_FALLBACKS = []
    assert identify(session) is None


def test_session_of_nobody_is_nobody(client: Client) -> None:
    """A stranger's session holds no user, and a made-up key no session."""
    session = client.session
    session["seen"] = 1
    session.save()
    assert identify(SessionLogin(session.session_key or "")) is None
    assert identify(SessionLogin("x" * 32)) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda token: ApiToken.objects.update(revoked_at=LONG_AGO),
        lambda token: ApiToken.objects.update(expires_at=LONG_AGO),
        lambda token: User.objects.update(is_active=False),
        lambda token: token.delete(),
    ],
    ids=["revoked", "expired", "owner switched off", "deleted"],
)
def test_token_ends(ada: User, change: Callable[[ApiToken], object]) -> None:
    """S3: revoked, expired, or its owner is gone."""
    token, text = token_of(ada)
    assert identify(TokenLogin.of(text))
    change(token)
    assert identify(TokenLogin.of(text)) is None


def test_prefix_alone_opens_nothing(ada: User) -> None:
    """S2: people see it, so anybody may know it."""
    text = token_of(ada)[1]
    other = text[:-1] + ("A" if text[-1] != "A" else "B")
    assert identify(TokenLogin.of(other)) is None
    assert identify_all([TokenLogin.of(other), TokenLogin.of(text)]).keys() == {TokenLogin.of(text)}


def test_token_narrows_and_never_widens(ada: User) -> None:
    """W-17: `debug` is for staff, whatever a token says; a topic that is none any more opens nothing."""
    assert who(token_for(ada, topics=["price", "debug"])).topics == {Topic.PRICE}
    assert who(token_for(ada, topics=["of yore"])).topics == frozenset()
    ada.is_staff = True
    ada.save()
    assert who(token_for(ada, topics=["price", "debug"])).topics == {Topic.PRICE, Topic.DEBUG}
    assert who(token_for(ada)).topics == who(session_for(ada)).topics == frozenset(Topic)


def give_to_user(ada: User) -> None:
    ada.user_permissions.add(right_to_publish())


def give_to_group(ada: User) -> None:
    group = Group.objects.create(name="publishers")
    group.permissions.add(right_to_publish())
    ada.groups.add(group)


def make_superuser(ada: User) -> None:
    User.objects.update(is_superuser=True)


@pytest.mark.parametrize("give", [give_to_user, give_to_group, make_superuser], ids=lambda give: give.__name__)
def test_right_to_publish_is_the_users_and_the_tokens(ada: User, give: Callable[[User], None]) -> None:
    """A token publishes only where both may; the answer is has_perm's."""
    session, willing, unwilling = session_for(ada), token_for(ada, may_publish=True), token_for(ada)
    assert [who(login).may_publish for login in (session, willing, unwilling)] == [False, False, False]
    give(ada)
    assert User.objects.get().has_perm("dashboard.publish")
    assert [who(login).may_publish for login in (session, willing, unwilling)] == [True, True, False]


def test_use_of_a_token_is_noted_once_a_minute(ada: User) -> None:
    """By whoever comes first; who comes later within the minute writes nothing."""
    started_at = datetime.now(UTC)
    login, other = token_for(ada), token_for(ada)
    token_id = who(login).token_id
    assert token_id
    assert who(login).is_use_due
    note_use([token_id])
    first = ApiToken.objects.get(pk=token_id).last_used_at
    assert first
    assert first >= started_at
    assert not who(login).is_use_due
    note_use([token_id])
    assert ApiToken.objects.get(pk=token_id).last_used_at == first
    ApiToken.objects.update(last_used_at=started_at - timedelta(minutes=1))
    assert who(login).is_use_due
    note_use([token_id])
    assert ApiToken.objects.get(last_used_at__gte=started_at).pk == token_id != who(other).token_id


def test_when_a_token_was_used_changes_nobody(ada: User) -> None:
    """S4: sockets are told of rights, not of their own use."""
    login = token_for(ada)
    before = who(login)
    ApiToken.objects.update(last_used_at=datetime.now(UTC))
    after = who(login)
    assert before.is_use_due != after.is_use_due
    assert before == after


def test_thousand_sockets_take_a_handful_of_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """W-13: three queries for each 500 sessions, two for each 500 tokens; each socket gets its own user's."""
    users = User.objects.bulk_create(User(username=f"user{number}", password="!") for number in range(600))
    sessions = sessions_for(users)
    tokens = [token_for(user) for user in users[:50]]
    with django_assert_num_queries(8):
        found = identify_all([*sessions, *tokens, *sessions])
    everybody: list[Login] = [*sessions, *tokens]
    assert [found[login].user_id for login in everybody] == [user.pk for user in (*users, *users[:50])]


def test_accounts_are_those_of_the_positions_page(ada: User) -> None:
    """S6: owned ones and those of groups; none of another's."""
    group, bob = Group.objects.create(name="desk"), User.objects.create_user("bob")
    account = Account.objects.create(label="Main", owner=bob)
    account.groups.add(group)
    of_ada, of_bob = session_for(ada), token_for(bob)
    assert [who(login).accounts for login in (of_ada, of_bob)] == [frozenset(), frozenset({account.pk})]
    ada.groups.add(group)
    assert {identity.accounts for identity in identify_all([of_ada, of_bob]).values()} == {frozenset({account.pk})}
