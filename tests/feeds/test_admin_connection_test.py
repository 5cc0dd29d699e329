"""The connection test in the admin, with a real client and a real exchange."""

import asyncio
import re
from collections.abc import Iterator
from threading import Thread
from typing import Final

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from feeds.connection.trial import HELD_FOR
from feeds.storage import lease
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.page import text_of

LIST: Final = "admin:feeds_venue_changelist"
pytestmark = pytest.mark.django_db


@pytest.fixture
def lively(settings: Settings) -> Iterator[Exchange]:
    """An exchange whose venues trade all the time, on a loop of its own: the client blocks this thread."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    exchange = asyncio.run_coroutine_threadsafe(_start(), loop).result(5)
    settings.REPLAY_EXCHANGE_URL = exchange.url
    yield exchange
    asyncio.run_coroutine_threadsafe(exchange.__aexit__(None, None, None), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


async def _start() -> Exchange:
    return await Exchange(market=RandomMarket(rate=40)).__aenter__()


def test_button_of_a_venue_shows_every_step(redis_server: str, admin_client: Client, lively: Exchange) -> None:
    """F-02: each with its time, and nothing is left open."""
    answer = admin_client.post(reverse("admin:feeds_venue_test", args=["kucoin"]))
    said = text_of(answer.content)
    assert re.search(
        r"KuCoin .*address .* ms done .*limits .*token .*DNS .*TCP .*TLS skipped .*handshake .*subscription .* "
        r"first data .* ms done .*closed .* ms done",
        said,
    )
    assert "failed" not in said


def test_action_of_the_list_tests_several_venues(redis_server: str, admin_client: Client, lively: Exchange) -> None:
    """F-02: side by side, each with its own result and, where it failed, with what to do."""
    lively.faults.set("okx", "refuse", status=503)
    chosen = {"action": "test_connections", "_selected_action": ["binance", "okx"]}
    answer = admin_client.post(reverse(LIST), chosen)
    found = {trial.venue: trial.steps[-1] for trial in answer.context["trials"]}
    assert {venue: (step.name, step.state) for venue, step in found.items()} == {
        "Binance": ("closed", "done"),
        "OKX": ("handshake", "failed"),
    }
    assert "failed handshake: the venue answered the handshake with HTTP 503" in text_of(answer.content)
    assert found["OKX"].advice in text_of(answer.content)


def test_second_click_says_that_it_is_being_tested(redis_server: str, admin_client: Client, lively: Exchange) -> None:
    """S17: no more than one at a time for each venue, and none is opened."""
    held = lease.claim("probe:binance", "somebody", HELD_FOR)
    address = reverse("admin:feeds_venue_test", args=["binance"])
    assert "It is being tested already." in text_of(admin_client.post(address).content)
    assert not lively.connections
    lease.release("probe:binance", "somebody", held or 0)
    for _ in range(2):
        assert "closed" in text_of(admin_client.post(address).content)


def test_it_is_posted_by_staff_who_may_change_venues(client: Client, admin_client: Client) -> None:
    """S17: not fetched by a link, not by a form of another site, not by who may only look; no such venue, no page."""
    address = reverse("admin:feeds_venue_test", args=["binance"])
    assert admin_client.get(address).status_code == 405
    assert admin_client.post(reverse("admin:feeds_venue_test", args=["nosuch"])).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin_client.cookies
    assert strict.post(address).status_code == 403
    assert client.post(address).status_code == 302
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_venue"))
    client.force_login(viewer)
    assert client.post(address).status_code == 403
    assert "Test connection" not in text_of(client.get(reverse(LIST)).content)
    page = client.get(reverse("admin:feeds_venue_change", args=["binance"]))
    assert (page.status_code, "Test connection" in text_of(page.content)) == (200, False)
