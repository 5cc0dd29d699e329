"""S5 S16: another site changes nothing, and what a client says of itself moves no bound."""

from typing import Final

import pytest
from django.core.cache import caches
from django.test import Client

from tests.dashboard.access.people import Person, people
from tests.dashboard.access.policy import ROUTES
from tests.dashboard.access.routes import address, routes

pytestmark = pytest.mark.django_db
STRICT: Final = Client(enforce_csrf_checks=True)
UNSAFE: Final = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def world(redis_server: str) -> dict[str, Person]:
    return people()


def test_no_unsafe_route_takes_what_another_site_sends(world: dict[str, Person]) -> None:
    """S5: 403 for each of 100 % of the routes that take a POST, of the pages, the API and the admin, without the token
    of our own pages; and none of the other methods gets further.
    """
    root = world["admin"]
    wrong = [
        f"{method} /{route}: {status}"
        for route in routes()
        for method in UNSAFE
        for status in [STRICT.generic(method, address(route, root.own), headers=root.headers).status_code]
        if status not in ({403} if method in methods(route) else {403, 405})
    ]
    assert not wrong, "\n".join(wrong)


def methods(route: str) -> set[str]:
    return set(ROUTES[route].methods.split()) if route in ROUTES else set()


def test_a_made_up_address_is_counted_as_the_same(world: dict[str, Person]) -> None:
    """S16: without a proxy of ours X-Forwarded-For is nobody's word, and the 21st file of a minute is refused."""
    caches["memory"].clear()
    caches["counters"].clear()
    made_up = ({"X-Forwarded-For": f"192.0.2.{number}"} | world["user"].headers for number in range(21))
    found = [STRICT.get("/api/v1/gaps/export/", headers=headers) for headers in made_up]
    assert [answer.status_code for answer in found] == [200] * 20 + [429]
    assert int(found[-1]["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/login/", "/api/v1/venues/"])
def test_an_unknown_host_is_refused(world: dict[str, Person], path: str) -> None:
    """S16: 400; nor does X-Forwarded-Host make one."""
    assert STRICT.get(path, headers={"Host": "evil.example"} | world["user"].headers).status_code == 400
    answer = STRICT.get(path, headers={"X-Forwarded-Host": "evil.example"} | world["user"].headers)
    assert b"evil.example" not in answer.content
