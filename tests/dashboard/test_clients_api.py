"""Live clients over REST: who may see them, who may send them away, and what is said without Redis."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dashboard.sockets.client import ClientState
from tests.dashboard.sockets.connected import line, said_here, tell

pytestmark = pytest.mark.django_db
URL = "/api/v1/clients/"


def disconnect_url(client_id: str) -> str:
    return f"{URL}{client_id}/disconnect/"


@pytest.fixture
def ada(client: Client) -> User:
    """She is logged in, and may do nothing."""
    user = User.objects.create_user("ada")
    client.force_login(user)
    return user


def allow(user: User, codename: str) -> None:
    user.user_permissions.add(Permission.objects.get(codename=codename))


def test_clients_of_all_processes_are_listed(redis_server: str, client: Client, ada: User) -> None:
    """W-01 W-02: with the states by name, counts, times in UTC and topics; the newest connection first."""
    tell(line("one"), line("two", state=ClientState.RECONNECTING, close_code=1006))
    later_at = line("one").connected_at + timedelta(seconds=1)
    tell(line("three", process="broadcast:2", error_count=3, connected_at=later_at), process="broadcast:2")
    allow(ada, "view_liveclient")
    answer = client.get(URL)
    assert answer.status_code == 200
    found = {told["id"]: told for told in answer.json()}
    states = {name: told["state"] for name, told in found.items()}
    assert states == {"one": "connected", "two": "reconnecting", "three": "connected"}
    assert next(iter(found)) == "three"
    three = found["three"]
    assert (three["message_count"], three["error_count"], three["process"]) == (41, 3, "broadcast:2")
    assert three["last_message_at"] == "2026-11-20T12:34:56Z"
    assert three["topics"] == ["price", "trades"]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(("method", "url"), [("get", URL), ("post", disconnect_url("one"))])
def test_stranger_is_told_so(redis_server: str, client: Client, method: str, url: str) -> None:
    """W-17: 401 without a login and 403 without the permission, in JSON, with the reason."""
    answer = getattr(client, method)(url)
    assert (answer.status_code, answer.json()) == (
        401,
        {"error": "Log in, or send a token: Authorization: Bearer TOKEN."},
    )
    client.force_login(User.objects.create_user("bob", is_staff=True))
    answer = getattr(client, method)(url)
    assert answer.status_code == 403
    assert "dashboard." in answer.json()["error"]


def test_client_is_sent_away(redis_server: str, client: Client, ada: User) -> None:
    """W-02: 202 for who is connected anywhere, and its process is told; 404 for who is not, and nobody is told."""
    tell(line("one"))
    allow(ada, "disconnect_liveclient")
    with said_here() as said:
        assert client.post(disconnect_url("one")).status_code == 202
        assert client.post(disconnect_url("two")).status_code == 404
    assert [control.disconnect for control in said] == [["one"]]
    assert client.get(disconnect_url("one")).status_code == 405


def test_nobody_is_sent_away_by_another_site(redis_server: str, ada: User) -> None:
    """S1: a POST needs the token of our own pages."""
    allow(ada, "disconnect_liveclient")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    with said_here() as said:
        assert strict.post(disconnect_url("one")).status_code == 403
    assert said == []


def test_without_redis_nobody_knows(client: Client, ada: User, settings: Settings) -> None:
    """R1: 503 for the list; a client of this process is sent away all the same."""
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    allow(ada, "view_liveclient")
    allow(ada, "disconnect_liveclient")
    answer = client.get(URL)
    assert (answer.status_code, "does not answer" in answer.json()["error"]) == (503, True)
    with said_here() as said:
        assert client.post(disconnect_url("one")).status_code == 202
    assert [control.disconnect for control in said] == [["one"]]


def test_admin_lists_live_clients(redis_server: str, admin_client: Client) -> None:
    """W-02: state, user, kind, address, topics, last message, counts, since when, and the process."""
    tell(line("one", username="<b>eve</b>"), line("two", state=ClientState.ERROR, close_code=4008))
    html = admin_page(admin_client)
    for shown in ("connected", "code 4008", "&lt;b&gt;eve&lt;/b&gt;", "192.0.2.1", "price, trades"):
        assert shown in html
    for shown in ("12:34:56", ">41<", "2026-11-20", "web:1", "2 in all"):
        assert shown in html
    assert reverse("admin:dashboard_liveclient_disconnect", args=["one"]) in html
    assert reverse("admin:dashboard_liveclient_disconnect", args=["two"]) not in html
    menu = reverse("admin:dashboard_liveclient_changelist").encode()
    assert menu in admin_client.get(reverse("admin:index")).content


def admin_page(client: Client) -> str:
    answer = client.get(reverse("admin:dashboard_liveclient_changelist"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_admin_disconnects(redis_server: str, admin_client: Client) -> None:
    """W-02: by a POST, and the next page says what came of it."""
    tell(line("one"))
    with said_here() as said:
        for client_id, told in (("one", "is being disconnected"), ("two", "is not connected any more")):
            url = reverse("admin:dashboard_liveclient_disconnect", args=[client_id])
            assert admin_client.get(url).status_code == 405
            assert told in admin_client.post(url, follow=True).content.decode()
    assert [control.disconnect for control in said] == [["one"]]


def test_admin_keeps_out_who_may_not(redis_server: str, client: Client) -> None:
    """W-17: staff without the permission sees nothing; with it, it may look and send nobody away."""
    tell(line("one"))
    bob = User.objects.create_user("bob", is_staff=True)
    client.force_login(bob)
    assert client.get(reverse("admin:dashboard_liveclient_changelist")).status_code == 403
    allow(bob, "view_liveclient")
    assert "Yes, disconnect" not in admin_page(client)
    assert client.post(reverse("admin:dashboard_liveclient_disconnect", args=["one"])).status_code == 403


def test_admin_says_that_redis_is_away(admin_client: Client, settings: Settings) -> None:
    """R1: not an error page, and not a false calm."""
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    html = admin_page(admin_client)
    assert "The store of live data does not answer" in html
    assert "Nobody is connected" not in html


def test_admin_without_clients_says_so(redis_server: str, admin_client: Client) -> None:
    """Nothing to see is told as such."""
    assert "Nobody is connected" in admin_page(admin_client)
