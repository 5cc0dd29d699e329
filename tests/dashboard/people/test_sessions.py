"""S3: where somebody is logged in, and the end of that."""

from importlib import import_module

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

PASSWORD = "the sea is calm tonight"


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", password=PASSWORD)


def logged_in(agent: str, name: str = "ada") -> Client:
    client = Client(headers={"user-agent": agent})
    assert client.post("/login/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_one_session_can_be_ended_from_another(ada: User) -> None:
    """The list tells them apart by address and browser; one's own is marked, and has no button."""
    desk, phone = logged_in("Desk"), logged_in("Phone")
    page = desk.get("/settings/sessions/").content.decode()
    assert page.count("End the session of 127.0.0.1") == 1
    assert "Phone" in page
    assert desk.post(f"/settings/sessions/{UserSession.objects.get(user_agent='Phone').pk}/end/").status_code == 302
    assert (is_in(desk), is_in(phone)) == (True, False)


def test_nobody_ends_the_session_of_somebody_else(ada: User) -> None:
    """It is not there for them."""
    User.objects.create_user("bob", password=PASSWORD)
    desk, theirs = logged_in("Desk"), logged_in("Theirs", "bob")
    assert theirs.post(f"/settings/sessions/{UserSession.objects.get(user_agent='Desk').pk}/end/").status_code == 404
    assert "Desk" not in theirs.get("/settings/sessions/").content.decode()
    assert is_in(desk)


def test_logging_out_everywhere_leaves_no_session(ada: User) -> None:
    """Of nobody else; and the sessions of all others are not even read."""
    User.objects.create_user("bob", password=PASSWORD)
    desk, phone, theirs = logged_in("Desk"), logged_in("Phone"), logged_in("Theirs", "bob")
    with CaptureQueriesContext(connection) as asked:
        assert desk.post("/settings/sessions/end/")["Location"] == "/login/"
    read = [query["sql"] for query in asked if 'FROM "django_session"' in query["sql"]]
    assert read
    assert all('WHERE "django_session"."session_key"' in sql or "WHERE (" in sql for sql in read)
    assert [is_in(client) for client in (desk, phone, theirs)] == [False, False, True]


def test_sessions_from_before_logins_were_noted_have_ended(ada: User) -> None:
    """S3: nobody could end them one by one; those that are noted go on."""
    desk, unknown = logged_in("Desk"), Client()
    unknown.force_login(ada)
    UserSession.objects.filter(session_key=unknown.session.session_key).delete()
    import_module("dashboard.migrations.0004_end_unknown_sessions").end_unknown_sessions(apps, None)
    assert [is_in(client) for client in (desk, unknown)] == [True, False]
