"""Venues in the admin, with a real client: what a fresh one lists, what may be saved, and the connection test."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dashboard.people.roles import OPERATOR, make_roles
from feeds import queries
from feeds.admin.venue import VenueAdmin
from feeds.models import Feed, Venue
from feeds.storage import keys, snapshots
from feeds.storage.latest import FeedState, VenueState
from feeds.storage.live import LiveStore
from feeds.venues import REGISTRY
from tests.feeds.page import text_of
from tests.feeds.samples import NOON

LIST: Final = "admin:feeds_venue_changelist"
pytestmark = pytest.mark.django_db


def save(admin: Client, code: str, **changes: object) -> dict[str, list[str]]:
    """Posts the page of a venue with these changes; the errors that it comes back with."""
    form = {"name": "Name", "priority": 1, "silent_after": 3.0, **changes}
    answer = admin.post(reverse("admin:feeds_venue_change", args=[code]), form)
    return {} if answer.status_code == 302 else dict(answer.context["adminform"].form.errors)


def test_fresh_install_lists_exactly_the_seven_in_their_order(redis_server: str, admin_client: Client) -> None:
    """F-01: Binance, KuCoin, Bybit, OKX, HTX, Kraken, Gate.io, priority 1 to 7, all switched on."""
    listed = admin_client.get(reverse(LIST)).context["cl"].result_list
    rows = [(venue.name, venue.priority, venue.is_enabled) for venue in listed]
    names = ["Binance", "KuCoin", "Bybit", "OKX", "HTX", "Kraken", "Gate.io"]
    assert rows == [(name, priority, True) for priority, name in enumerate(names, 1)]


def test_priority_is_edited_in_the_list(redis_server: str, admin_client: Client) -> None:
    """F-01 F-03: and the feeds' plan has it at once."""
    order = {"binance": 8, "kucoin": 9, "bybit": 10, "okx": 11, "htx": 2, "kraken": 12, "gateio": 13}
    form = {"form-TOTAL_FORMS": len(order), "form-INITIAL_FORMS": len(order), "_save": "Save"}
    for index, (code, priority) in enumerate(order.items()):
        form |= {f"form-{index}-code": code, f"form-{index}-priority": priority, f"form-{index}-is_enabled": "on"}
    # An address that this mode does not allow stands in nobody's way here.
    Venue.objects.filter(code="okx").update(url="wss://ws.okx.com:8443/ws/v5/public")
    answer = admin_client.post(reverse(LIST), form)
    assert answer.status_code == 302
    plan = queries.feed_plan("main")
    assert plan
    assert {venue.code: venue.priority for venue in plan.venues} == order
    assert [venue.code for venue in plan.venues][:2] == ["htx", "binance"]


def test_list_says_how_each_venue_is_now(redis_server: str, admin_client: Client) -> None:
    """F-01: its state and the age of its data out of Redis, the last reason out of the history."""
    now = datetime.now(UTC)
    states = [
        VenueState("htx", "HTX", 5, "connected", "", now, seen_at=now - timedelta(seconds=7)),
        VenueState("kraken", "Kraken", 6, "idle", "", now, seen_at=now - timedelta(hours=3)),
    ]
    asyncio.run(_show(redis_server, FeedState(1, 1, "main", "htx", states)))
    snapshots.transition("venue:main:htx", "x", "silent: no data", NOON).save()
    Venue.objects.filter(code="okx").update(url="wss://ws.okx.com:8443/ws/v5/public")
    said = text_of(admin_client.get(reverse(LIST)).content)
    assert re.search(r"HTX Connected [78]\.\d s ago silent: no data", said)
    assert "Kraken Waiting 3 hours ago" in said
    assert "OKX address refused" in said
    assert "Binance not known none lately" in said


async def _show(url: str, state: FeedState) -> None:
    store = LiveStore(url)
    await store.write_state({keys.feed(state.feed): state})
    await store.close()


def test_list_opens_without_redis(settings: Settings, admin_client: Client) -> None:
    """R1: an order can be changed then as well."""
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert "not known" in text_of(admin_client.get(reverse(LIST)).content)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "binance",
            ["Empty: wss://stream.binance.com:9443/stream, ", "in turn.", "Empty: 300 in 300 s", "Empty: 5 in 1"],
        ),
        (
            "kucoin",
            ["https://api.kucoin.com/", "Leave it empty: KuCoin decides how often.", "30 in 60 s", "100 in 10 s"],
        ),
        ("okx", ["wseea.okx.com, wsus.okx.com", "Empty: 20 s. From 10 to 20 s", "3 in 1 s", "480 in 3600 s"]),
        ("htx", ["Leave it empty: HTX decides how often."]),
    ],
)
def test_page_of_a_venue_says_what_it_wants_itself(
    settings: Settings, admin_client: Client, code: str, told: list[str]
) -> None:
    """F-02 F-07: beside each field, so that nobody has to look it up."""
    settings.OMEGA_MODE = "live"
    page = text_of(admin_client.get(reverse("admin:feeds_venue_change", args=[code])).content)
    assert [text for text in told if text not in page] == []


def test_what_a_venue_allows_may_be_saved(admin_client: Client) -> None:
    """F-02 F-07: an address of this machine in test mode, and more care than the venue wants."""
    url = "ws://127.0.0.1:8999/okx/ws/v5/public"
    assert save(admin_client, "okx", url=url, ping_every=15, connects_allowed=2, messages_allowed=400) == {}
    okx = Venue.objects.get(code="okx")
    assert (okx.url, okx.ping_every, okx.connects_allowed, okx.messages_allowed) == (url, 15.0, 2, 400)


@pytest.mark.parametrize(
    ("code", "field", "value", "told"),
    [
        ("binance", "messages_allowed", 6, "Binance allows 5 in 1 s; ask for as many or fewer."),
        ("okx", "connects_allowed", 4, "OKX allows 3 in 1 s; ask for as many or fewer."),
        ("okx", "connects_allowed", 0, "greater than or equal to 1"),
        ("kraken", "ping_every", 60, "Kraken wants a ping every 10 to 20 s."),
        ("htx", "ping_every", 15, "Leave it empty: HTX decides how often."),
        ("htx", "url", "wss://api.huobi.pro/ws", "Use one of 127.0.0.1, localhost, ::1."),
        ("htx", "priority", 0, "greater than or equal to 1"),
        ("htx", "silent_after", 0.1, "greater than or equal to 0.5"),
    ],
)
def test_what_a_venue_does_not_allow_is_refused_at_its_field(
    admin_client: Client, code: str, field: str, value: object, told: str
) -> None:
    """F-01 S17: the sentence says what would do; nothing is saved."""
    errors = save(admin_client, code, **{field: value})
    assert set(errors) == {field}
    assert told in errors[field][0]
    assert Venue.objects.filter(code=code, name=REGISTRY[code].name).exists()


def test_address_of_another_host_is_refused_in_live_mode(settings: Settings, admin_client: Client) -> None:
    """S17: also by the form, with the hosts that are allowed."""
    settings.OMEGA_MODE = "live"
    errors = save(admin_client, "binance", url="wss://stream.binance.com@evil.example/stream")
    assert "stream.binance.com, data-stream.binance.vision" in errors["url"][0]


def until(hours: float) -> dict[str, object]:
    """So many hours from now, as the form has it."""
    moment = datetime.now(UTC) + timedelta(hours=hours)
    return {"circuit_until_0": f"{moment:%Y-%m-%d}", "circuit_until_1": f"{moment:%H:%M:%S}"}


def test_word_on_a_circuit_breaker_is_saved_with_its_reason_and_in_the_history(admin_client: Client) -> None:
    """V-14: and is in the feeds' plan at once."""
    assert save(admin_client, "okx", circuit="open", circuit_reason="maintenance at noon", **until(2)) == {}
    plan = queries.feed_plan("main")
    okx = plan.venue("okx") if plan else None
    assert okx
    assert okx.circuit == "open"
    said = text_of(admin_client.get(reverse("admin:feeds_venue_history", args=["okx"])).content)
    assert re.search(r"Circuit breaker: open until [0-9-]{10} [0-9:]{5} UTC: maintenance at noon", said)


@pytest.mark.parametrize(
    ("reason", "hours", "field", "told"),
    [
        ("maintenance", None, "circuit_until", "Say until when."),
        ("maintenance", 25, "circuit_until", "Not for longer than 24 hours."),
        ("maintenance", -1, "circuit_until", "That is over already."),
        ("", 1, "circuit_reason", "Say why"),
    ],
)
def test_word_on_a_circuit_breaker_needs_a_reason_and_a_bound(
    admin_client: Client, reason: str, hours: float | None, field: str, told: str
) -> None:
    """V-14: whoever is on duty tonight has to understand it, and it ends by itself."""
    time = {} if hours is None else until(hours)
    errors = save(admin_client, "okx", circuit="closed", circuit_reason=reason, **time)
    assert set(errors) == {field}
    assert told in errors[field][0]


def test_word_that_is_over_stands_in_nobodys_way(admin_client: Client) -> None:
    """V-14: the page shows none any more, and what is saved later takes it away."""
    over = datetime.now(UTC) - timedelta(minutes=1)
    Venue.objects.filter(code="okx").update(circuit="open", circuit_reason="maintenance", circuit_until=over)
    page = admin_client.get(reverse("admin:feeds_venue_change", args=["okx"]))
    assert b"maintenance" not in page.content
    assert save(admin_client, "okx") == {}
    okx = Venue.objects.get(code="okx")
    assert (okx.circuit, okx.circuit_reason, okx.circuit_until) == ("", "", None)


def test_word_that_is_taken_back_goes_with_its_reason(admin_client: Client) -> None:
    """V-14: one choice is enough, and the history tells."""
    assert save(admin_client, "okx", circuit="open", circuit_reason="maintenance", **until(2)) == {}
    assert save(admin_client, "okx", circuit="", circuit_reason="maintenance", **until(2)) == {}
    assert Venue.objects.get(code="okx").circuit_until is None
    said = text_of(admin_client.get(reverse("admin:feeds_venue_history", args=["okx"])).content)
    assert "Circuit breaker: it decides again" in said


def test_page_of_a_venue_says_what_saving_does(admin_client: Client) -> None:
    """F-02: a session that is renewed is a cost."""
    said = text_of(admin_client.get(reverse("admin:feeds_venue_change", args=["okx"])).content)
    assert "Saving a change of these renews the venue's session within 5 seconds." in said


def test_list_says_how_a_venue_is_in_each_feed(redis_server: str, admin_client: Client) -> None:
    """F-01: where there are several, by their names; its data is as old as the newest of them."""
    Feed.objects.create(name="second", title="Second")
    now = datetime.now(UTC)
    asyncio.run(_show(redis_server, FeedState(1, 1, "main", "htx", [_htx("connected", now, 7)])))
    asyncio.run(_show(redis_server, FeedState(1, 1, "second", "", [_htx("idle", now, 90)])))
    said = text_of(admin_client.get(reverse(LIST)).content)
    assert re.search(r"HTX main: Connected, second: Waiting [78]\.\d s ago", said)


def _htx(state: str, now: datetime, seconds: float) -> VenueState:
    return VenueState("htx", "HTX", 5, state, "", now, seen_at=now - timedelta(seconds=seconds))


def test_right_to_the_circuit_is_a_right_to_nothing_else(redis_server: str, client: Client) -> None:
    """D-02, V-14: an operator says a word on the breaker and tests a line; address and order are an administrator's."""
    make_roles()
    operator = User.objects.create_user("operator")
    operator.groups.add(Group.objects.get(name=OPERATOR))
    client.force_login(operator)
    word = {"circuit": "open", "circuit_reason": "maintenance at noon", **until(2)}
    assert save(client, "okx", **word, name="Mine", priority=9, url="wss://evil.example/") == {}
    okx = Venue.objects.get(code="okx")
    assert (okx.circuit, okx.circuit_reason) == ("open", "maintenance at noon")
    assert (okx.name, okx.priority, okx.url, okx.is_enabled) == ("OKX", 4, "", True)
    listed = client.get(reverse(LIST))
    assert 'name="form-0-priority"' not in listed.content.decode()
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-code": "okx", "form-0-priority": 1, "_save": "Save"}
    client.post(reverse(LIST), form)
    assert Venue.objects.get(code="okx").priority == 4
    assert VenueAdmin(Venue, site).has_test_permission(listed.wsgi_request)
