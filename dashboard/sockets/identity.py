"""Who is behind a login, and what they may do: asked of the database for one, or for all of a process together.

All of it blocks, and raises the database's error where that does not answer.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, TypeVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Exists, F, OuterRef, Q

from dashboard.models import ApiToken
from dashboard.people.preference import Reads
from dashboard.protocol.topics import OF_STAFF, Topic
from dashboard.sockets.login import Login, SessionLogin, TokenLogin
from feeds.clock import SystemClock
from positions.queries.visible import visible_ids

__all__ = ["Identity", "Login", "SessionLogin", "TokenLogin", "identify", "identify_all", "note_use"]

T = TypeVar("T")
_READS: Final = {f"reads_{name}": F(f"preference__{name}") for name in Reads._fields}

# So many in one query: databases bound what one may ask for.
CHUNK: Final = 500
USE_NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Identity:
    """A user, and what this login of theirs may do and see."""

    user_id: int
    username: str
    is_staff: bool
    topics: frozenset[Topic]
    may_publish: bool
    token_id: int | None = None
    accounts: frozenset[int] = frozenset()
    # How a page of this user reads: language, numbers, zone. A program's texts are as they are.
    reads: Reads = Reads()
    # Whether to tell note_use of the token. It says nothing of the user: without it two are the same.
    is_use_due: bool = field(default=False, compare=False)


def identify(login: Login) -> Identity | None:
    """None where the login does not hold, or no more."""
    return identify_all([login]).get(login)


def identify_all(logins: Iterable[Login]) -> dict[Login, Identity]:
    """Those whose login holds: two queries for 500 tokens, three for 500 sessions, and one if there is a superuser."""
    known, now = set(logins), SystemClock().now()
    found: dict[Login, Identity] = {}
    for sessions in _chunks(login for login in known if isinstance(login, SessionLogin)):
        found |= _with_accounts(_of_sessions(sessions, now))
    for tokens in _chunks(login for login in known if isinstance(login, TokenLogin)):
        found |= _with_accounts(_of_tokens(tokens, now))
    return found


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    left = iter(values)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _with_accounts(found: dict[Login, Identity]) -> dict[Login, Identity]:
    seen = visible_ids({identity.user_id for identity in found.values()})
    return {login: replace(identity, accounts=seen[identity.user_id]) for login, identity in found.items()}


# --- A session is judged as a page judges it (django.contrib.auth.get_user), without changing it


def _of_sessions(logins: list[SessionLogin], now: datetime) -> dict[Login, Identity]:
    rows = Session.objects.filter(session_key__in=[login.key for login in logins], expire_date__gt=now)
    decode = SessionStore().decode
    said = {SessionLogin(key): decode(data) for key, data in rows.values_list("session_key", "session_data")}
    user_ids = {login: int(session.get(SESSION_KEY, 0)) for login, session in said.items()}
    users = _active_users({*user_ids.values()} - {0})
    found: dict[Login, Identity] = {}
    for login, user_id in user_ids.items():
        user, identity = users.get(user_id, (None, None))
        if user and identity and _is_login_of(user, said[login]):
            found[login] = identity
    return found


def _active_users(user_ids: Iterable[int]) -> dict[int, tuple[User, Identity]]:
    rows = User.objects.filter(pk__in=user_ids, is_active=True).annotate(**_rights(), **_READS)
    return {user.pk: (user, replace(_identity(user, user), reads=_reads(user))) for user in rows}


def _reads(row: Any) -> Reads:
    """Who chose nothing has no row."""
    chosen = {name: getattr(row, f"reads_{name}") for name in Reads._fields}
    return Reads(**{name: value for name, value in chosen.items() if value is not None})


def _is_login_of(user: User, session: dict[str, Any]) -> bool:
    """The way in is still open, and the password the same; or the site's secret key was changed since."""
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    right = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(hmac.compare_digest(each, session.get(HASH_SESSION_KEY, "")) for each in right)


# --- A token


def _of_tokens(logins: list[TokenLogin], now: datetime) -> dict[Login, Identity]:
    rows = ApiToken.objects.filter(ApiToken.live(now), prefix__in=[login.prefix for login in logins])
    rows = rows.filter(owner__is_active=True).select_related("owner")
    tokens = {row.prefix: row for row in rows.annotate(**_rights("owner__"))}
    found: dict[Login, Identity] = {}
    for login in logins:
        token = tokens.get(login.prefix)
        if token and hmac.compare_digest(token.digest, login.digest):
            is_due = token.last_used_at is None or token.last_used_at <= now - USE_NOTED_EVERY
            found[login] = replace(_identity(token.owner, token, token), is_use_due=is_due)
    return found


def note_use(token_ids: Iterable[int]) -> None:
    """Once a minute for each token, whichever process comes first. It may wait for whoever writes."""
    now = SystemClock().now()
    is_due = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    for some in _chunks(token_ids):
        ApiToken.objects.filter(is_due, pk__in=some).update(last_used_at=now)


# --- Rights


def _identity(user: User, row: Any, token: ApiToken | None = None) -> Identity:
    """`row` has what was asked of the rights: it is the user's, or the token's."""
    may_operate, may_publish = user.is_staff or row.may_operate, row.has_right
    topics = frozenset(topic for topic in Topic if may_operate or topic not in OF_STAFF)
    name = user.get_username()
    if token is None:
        return Identity(user.pk, name, user.is_staff, topics, may_publish)
    # A token narrows what its owner may, and never widens it.
    scope = frozenset(topic for topic in topics if not token.topics or topic in token.topics)
    return Identity(user.pk, name, user.is_staff, scope, may_publish and token.may_publish, token.pk)


def _rights(path: str = "") -> dict[str, Q]:
    return {"has_right": _has_right("publish", path), "may_operate": _has_right("view_system", path)}


def _has_right(codename: str, path: str) -> Q:
    """As `has_perm("dashboard.CODENAME")` says of the user who is found by this path, within the same query."""
    rights, user = Permission.objects.filter(codename=codename, content_type__app_label="dashboard"), f"{path}pk"
    given = Exists(rights.filter(user=OuterRef(user))) | Exists(rights.filter(group__user=OuterRef(user)))
    return given | Q(**{f"{path}is_superuser": True})
