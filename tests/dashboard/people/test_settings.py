"""Issue 8, item 4: colours, language, numbers and time zone, of each user by themselves."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from tests.dashboard.conftest import Visitor

CHOSEN = {"theme": "cb-light", "language": "de", "numbers": "continental", "zone": "Europe/Berlin"}


def test_what_is_chosen_is_on_every_page_from_then_on(visitor: Visitor) -> None:
    """In the root of the page, where styles and scripts find it; the footer says the zone once."""
    assert 'lang="en"' in visitor.client.get("/settings/").content.decode()
    assert visitor.client.post("/settings/", CHOSEN)["Location"] == "/settings/"
    page = visitor.client.get("/tokens/").content.decode()
    for shown in ('lang="de"', 'data-theme="cb-light"', 'data-numbers="continental"', 'data-zone="Europe/Berlin"'):
        assert shown in page
    assert "Europe/Berlin (UTC+" in page
    assert "All times are UTC" not in page


def test_nobody_else_reads_so(visitor: Visitor) -> None:
    """Neither the next one on the same thread, nor a stranger."""
    visitor.client.post("/settings/", CHOSEN)
    bob = Client()
    bob.force_login(User.objects.create_user("bob"))
    for client in (bob, Client()):
        assert 'lang="en"' in client.get("/notices/").content.decode()


def test_who_chose_no_language_gets_that_of_the_browser(visitor: Visitor) -> None:
    """The first that is there."""
    page = visitor.client.get("/tokens/", headers={"accept-language": "pt, de-AT;q=0.8, en;q=0.5"})
    assert 'lang="de"' in page.content.decode()


def test_what_cannot_be_chosen_is_refused(visitor: Visitor) -> None:
    """A zone that is none would break every page of its user."""
    answer = visitor.client.post("/settings/", {**CHOSEN, "zone": "Europe/../../etc"})
    assert answer.status_code == 200
    assert 'class="wrong"' in answer.content.decode()


def test_the_admin_stays_in_utc(operator: Visitor) -> None:
    """It says so wherever it shows a time."""
    operator.client.post("/settings/", CHOSEN)
    request: Any = operator.client.get("/admin/").wsgi_request
    assert request.manner.zone == "UTC"
