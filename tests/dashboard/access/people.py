"""Who asks, and what belongs to whom: each person has an account, a dashboard, a token and a session of their own."""

from dataclasses import dataclass
from typing import Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import Client

from dashboard.people.roles import ADMINISTRATOR, OPERATOR, VIEWER, make_roles
from feeds.clock import SystemClock
from positions.models import Account
from tests.dashboard.dashboards.samples import board_of, numbers_of
from tests.dashboard.tokens.samples import token_of

# `user` has no role at all. `token` is an administrator's, for trades alone.
PERSONS: Final = ("anonymous", "user", "viewer", "operator", "admin", "token")
_ROLES: Final = {"viewer": VIEWER, "operator": OPERATOR, "admin": ADMINISTRATOR}


@dataclass
class Person:
    """`headers` let them in. `own` is what belongs to them, by the name of what a route or a query asks for."""

    name: str
    user: User
    headers: dict[str, str]
    own: dict[str, object]


def people() -> dict[str, Person]:
    """All of PERSONS; and `bob`, whose things are nobody else's."""
    make_roles()
    return {name: _person(name) for name in (*PERSONS, "bob")}


def _person(name: str) -> Person:
    user = User.objects.create_user(name, password="the sea is calm tonight")
    role = _ROLES.get("admin" if name == "token" else name)
    user.groups.set(Group.objects.filter(name=role))
    return Person(name, user, _headers(name, user), _belongings(user))


def _headers(name: str, user: User) -> dict[str, str]:
    if name == "anonymous":
        return {}
    if name == "token":
        return {"Authorization": f"Bearer {token_of(user, topics=['trades'])[1]}"}
    return session_headers(user)


def session_headers(user: User) -> dict[str, str]:
    """As a browser sends them after a login."""
    client = Client()
    client.force_login(user)
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"}


def _belongings(user: User) -> dict[str, object]:
    board = board_of(user)
    session = UserSession.objects.create(
        user=user, session_key=f"of-{user.pk}", ip="192.0.2.1", user_agent="x", last_seen_at=SystemClock().now()
    )
    return {
        "account": Account.objects.create(label=f"Of {user}", owner=user).pk,
        "dashboard": board.pk,
        "panel": numbers_of(board)[0],
        "token": token_of(user)[0].pk,
        "session": session.pk,
    }
