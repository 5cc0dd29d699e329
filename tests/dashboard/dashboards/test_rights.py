"""Who may do what with which dashboard, over every route; and with which one somebody begins."""

import json
from collections.abc import Callable
from typing import Final

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard.dashboards.rights import choose_start, listed, start_of, visible
from dashboard.models import Dashboard
from tests.dashboard.dashboards.samples import board_of, numbers_of, show_to

pytestmark = pytest.mark.django_db
# Who looks at Ada's dashboard.
Person = Callable[[Dashboard], User]


def stranger(dashboard: Dashboard) -> User:
    return User.objects.create_user("eve")


def member(dashboard: Dashboard) -> User:
    user = User.objects.create_user("mel")
    show_to(dashboard, user)
    return user


def owner(dashboard: Dashboard) -> User:
    assert dashboard.owner
    return dashboard.owner


def staff(dashboard: Dashboard) -> User:
    """Without a right it may no more than others."""
    return User.objects.create_user("stan", is_staff=True)


def reader(dashboard: Dashboard) -> User:
    return _holder("view_dashboard")


def operator(dashboard: Dashboard) -> User:
    return _holder("view_dashboard", "change_dashboard")


def administrator(dashboard: Dashboard) -> User:
    return User.objects.create_user("root", is_staff=True, is_superuser=True)


def _holder(*rights: str) -> User:
    user = User.objects.create_user("olga", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


ROUTES: Final = {
    "shown": ("GET", ""),
    "copy": ("POST", "copy/"),
    "start": ("POST", "start/"),
    "revision": ("GET", "arrange/"),
    "edit": ("GET", "edit/"),
    "rename": ("POST", "edit/"),
    "add": ("POST", "panels/"),
    "move": ("POST", "panels/PANEL/"),
    "arrange": ("POST", "arrange/"),
    "ask to delete": ("GET", "delete/"),
    "delete": ("POST", "delete/"),
    "preview": ("GET", "preview/"),
}
SEE: Final = {"shown", "copy", "start", "revision"}
ARRANGE: Final = {"edit", "rename", "add", "move", "arrange"}
DELETE: Final = {"ask to delete", "delete"}
MAY: Final = [
    (stranger, set[str]()),
    (member, SEE),
    (owner, SEE | ARRANGE | DELETE),
    (staff, set[str]()),
    (reader, SEE),
    (operator, SEE | ARRANGE | {"preview"}),
    (administrator, SEE | ARRANGE | DELETE | {"preview"}),
]


def ask(client: Client, dashboard: Dashboard, route: str) -> int:
    method, path = ROUTES[route]
    number = numbers_of(dashboard)[0]
    address = f"/dashboards/{dashboard.pk}/{path.replace('PANEL', str(number))}"
    if method == "GET":
        return client.get(address).status_code
    if route == "arrange":
        wanted = json.dumps({"revision": dashboard.revision, "panels": []})
        return client.post(address, wanted, content_type="application/json").status_code
    return client.post(address, {"title": "Hers", "kind": "price", "step": "down"}).status_code


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("who", "may"), MAY, ids=lambda value: getattr(value, "__name__", ""))
def test_each_route_is_for_who_may(
    client: Client, ada: User, who: Person, may: set[str], route: str, redis_server: str
) -> None:
    """D-02: 404 hides what one may not see, 403 refuses what one may not do, and then nothing changes."""
    dashboard = board_of(ada)
    before = list(dashboard.panels.values()), dashboard.title
    user = who(dashboard)
    client.force_login(user)
    status = ask(client, dashboard, route)
    if route in may:
        assert status in (200, 302)
        return
    is_hidden = not visible(user).filter(pk=dashboard.pk).exists() and route != "preview"
    assert status == (404 if is_hidden else 403)
    dashboard.refresh_from_db()
    assert (list(dashboard.panels.values()), dashboard.title) == before


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_comes_in_without_a_login(client: Client, ada: User, route: str) -> None:
    """D-02: every route leads to it."""
    assert ask(client, board_of(ada), route) == 302
    assert Dashboard.objects.get().revision == 0


def test_a_right_to_see_all_fills_no_menu(ada: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """What is listed is one's own and one's groups', each once, in one query."""
    hers, houses = board_of(ada, title="B"), Dashboard.objects.create(title="A")
    group = show_to(houses, ada)
    ada.groups.add(show_to(hers, ada, group="other"))
    assert group
    root = administrator(hers)
    with django_assert_num_queries(1):
        assert list(listed(ada)) == [houses, hers]
    assert (list(listed(root)), visible(root).count()) == ([], 2)


def test_one_begins_with_what_one_chose_else_with_a_groups(ada: User) -> None:
    """Issue 8, 2: the user's choice, the default of a group, the overview; what went or was hidden is not chosen."""
    assert start_of(ada) is None
    houses = Dashboard.objects.create(title="House")
    show_to(houses, ada, is_start=True)
    assert start_of(ada) == houses
    hers = board_of(ada)
    choose_start(ada, hers)
    assert start_of(ada) == hers
    choose_start(ada, None)
    assert start_of(ada) is None
    choose_start(ada, hers)
    hers.owner = None
    hers.save()
    assert start_of(ada) == houses
    hers.delete()
    houses.delete()
    assert start_of(ada) is None


def test_a_group_begins_with_one_dashboard(ada: User) -> None:
    """The database holds it."""
    show_to(board_of(ada), ada, is_start=True)
    other = board_of(ada)
    with pytest.raises(IntegrityError):
        show_to(other, ada, is_start=True)
