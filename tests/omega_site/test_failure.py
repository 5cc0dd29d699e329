"""What a browser is told when a page failed."""

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, InterfaceError, InternalError, OperationalError
from django.http import HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory

from omega_site.failure import failed
from tests.feeds.sqlite_lock import be_impatient, locks_sqlite, write_lock

PASSWORD = "the sea is calm tonight"


def answer_to(error: Exception) -> HttpResponse:
    try:
        raise error
    except type(error):
        return failed(RequestFactory().get("/"))


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError, InternalError])
def test_database_that_is_away_is_said_so(kind: type[DatabaseError]) -> None:
    """D4: 503, when to come again, and a page that asks no database and tells nothing of ours."""
    answer = answer_to(kind("sorry, too many clients already"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "The database does not answer" in answer.content.decode()
    assert "too many clients" not in answer.content.decode()


@pytest.mark.parametrize("error", [ValueError("ours"), IntegrityError("ours too")])
def test_what_is_our_fault_is_500(error: Exception) -> None:
    """To come again would not help."""
    assert answer_to(error).status_code == 500


@locks_sqlite
@pytest.mark.django_db(transaction=True)
def test_locked_file_is_answered_with_503(client: Client) -> None:
    """D1: a login has to write while somebody else does; afterwards it works."""
    User.objects.create_user("ada", password=PASSWORD)
    client.raise_request_exception = False
    be_impatient()
    with write_lock():
        refused = log_in(client)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert log_in(client).status_code == 302


def log_in(client: Client) -> HttpResponseBase:
    return client.post("/login/", {"username": "ada", "password": PASSWORD})


@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing/", "/api/v1/trades/%00"])
def test_program_that_asks_for_nothing_is_told_so_in_json(client: Client, path: str) -> None:
    """D-05: with where to find what there is, and not with a page."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert "/api/v1/docs/" in answer.json()["error"]
