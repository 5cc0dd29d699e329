"""S6: every route, by every method, for every kind of person, with their own object and with another's."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import pytest
from django.core.cache import caches
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from tests.dashboard.access.people import PERSONS, Person, people
from tests.dashboard.access.policy import LOGIN, MISSING, OPEN, OPERATORS_SEE, REFUSED, ROUTES, Row
from tests.dashboard.access.routes import METHODS, address, outcome, routes

pytestmark = pytest.mark.django_db
# It looks its reader up from another thread, which sees what is committed: test_commands.py.
STATE: Final = "api/v1/state/"
ADMIN: Final = [route for route in routes() if route.startswith("admin/")]
PAGES: Final = [route for route in routes() if not route.startswith("admin/")]


@pytest.fixture
def world(redis_server: str) -> dict[str, Person]:
    return people()


# One for all: each looks through all static files before its first question.
CLIENT: Final = Client()


def ask(person: Person, method: str, url: str) -> HttpResponseBase:
    """What it changes is undone, and how often one asked does not count."""
    CLIENT.cookies.clear()
    caches["memory"].clear()
    caches["counters"].clear()
    with transaction.atomic():
        answer: HttpResponseBase = CLIENT.generic(method, url, headers=person.headers)
        transaction.set_rollback(True)
    return answer


def test_every_route_has_a_row() -> None:
    """S6: a new one without a row fails here, and so does a row without a route."""
    assert set(ROUTES) == set(PAGES)


@pytest.mark.timeout(300)
def test_every_cell_is_as_the_table_says(world: dict[str, Person]) -> None:
    """S6 S7 D-05 mistake 3: 100 % of the cells. Some 1300 questions, of which each page alone takes 50 ms."""
    wrong = [
        f"{person.name} {method} /{route} ({whose}): {found}, not {expected}"
        for route, row in ROUTES.items()
        if route != STATE
        for whose, owner, who in cells(row, world)
        for person in (world[name] for name in PERSONS)
        for method in methods(row, person)
        for expected in [expected_of(row, method, who[person.name])]
        for found in [outcome(ask(person, method, url_of(route, row, owner or person)))]
        if found not in expected
    ]
    assert not wrong, "\n".join(wrong)


def methods(row: Row, person: Person) -> list[str]:
    """What a route has not is asked by who may most."""
    return [method for method in METHODS if method in row.methods or person.name == "admin"]


def cells(row: Row, world: dict[str, Person]) -> Iterator[tuple[str, Person | None, dict[str, str]]]:
    yield "own", None, row.who
    if row.others:
        yield "another's", world["bob"], row.others


def url_of(route: str, row: Row, owner: Person) -> str:
    asked = row.asked.replace("ACCOUNT", str(owner.own["account"]))
    return address(route, owner.own) + (f"?{quote(asked, safe='=&')}" if asked else "")


def expected_of(row: Row, method: str, may: str) -> set[str]:
    if method in row.methods.split():
        return {may}
    is_loose = method == "OPTIONS" or "*" in row.methods
    return {"no such method", LOGIN, REFUSED, MISSING} | ({OPEN} if is_loose else set())


def test_outsiders_get_nowhere_in_the_admin(world: dict[str, Person]) -> None:
    """S6: each of its routes, fetched and sent to: the login, or 403; its own login and logout are the exceptions."""
    open_to_all = {"admin/login/", "admin/logout/"}
    wrong = [
        f"{name} {method} /{route}: {found}"
        for route in ADMIN
        if route not in open_to_all
        for name, method in (("anonymous", "GET"), ("anonymous", "POST"), ("viewer", "GET"), ("token", "POST"))
        for found in [outcome(ask(world[name], method, address(route, world["bob"].own)))]
        if found not in (LOGIN, REFUSED)
    ]
    assert not wrong, "\n".join(wrong)


def test_operators_change_nothing_in_the_admin_but_see_the_market(world: dict[str, Person]) -> None:
    """S6: what they are not given is refused, or not there; nothing breaks."""
    wrong = [
        f"{method} /{route}: {found}"
        for route in ADMIN
        # These lead to `change/`, whoever asks.
        if not route.endswith("<path:object_id>/")
        for method in ("GET", "POST")
        for found in [outcome(ask(world["operator"], method, address(route, world["bob"].own)))]
        if found not in (REFUSED, MISSING, "no such method") and not f"{route}$".startswith(OPERATORS_SEE)
    ]
    assert not wrong, "\n".join(wrong)
