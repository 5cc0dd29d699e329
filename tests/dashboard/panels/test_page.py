"""What a page of panels reads, however many of them there are."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboard.feed import uptime
from dashboard.panels.kinds import KINDS
from feeds.clock import SystemClock
from feeds.market.uptime import Minute
from feeds.queries import shown_feed
from feeds.storage.uptime import add
from positions.models import Account
from tests.dashboard.dashboards.samples import board_of
from tests.dashboard.samples import trade
from tests.feeds.stored import store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server", "_forget")]


@pytest.fixture
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uptime, "_last_read", {})


def queries_of(client: Client, owner: User, *kinds: str) -> list[str]:
    board = board_of(owner, *kinds)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(f"/dashboards/{board.pk}/").status_code == 200
    return [query["sql"] for query in queries]


def test_forty_panels_of_a_kind_cost_the_queries_of_one(client: Client) -> None:
    """F-31: each thing is read once for all panels of a page, whatever it is."""
    ada = User.objects.create_superuser("ada")
    Account.objects.create(label="Main", owner=ada)
    store(trade(1, "10", SystemClock().now()))
    client.force_login(ada)
    queries_of(client, ada, *KINDS)
    ones, many = queries_of(client, ada, *KINDS), queries_of(client, ada, *[*KINDS] * 4)
    assert len(many) == len(ones)


def test_a_page_shows_the_uptime_that_was_read_for_the_sockets(client: Client) -> None:
    """F-26 V-13: adding up 30 days is nothing to wait for; while nobody did the panel says so."""
    ada = User.objects.create_superuser("ada")
    client.force_login(ada)
    now = SystemClock().now()
    minute_at = now.replace(second=0, microsecond=0) - timedelta(minutes=2)
    add([Minute("redis", minute_at, 60, 60)])
    page = f"/dashboards/{board_of(ada, 'uptime').pk}/"
    with CaptureQueriesContext(connection) as queries:
        told = client.get(page).content.decode()
    assert not [query for query in queries if "uptimeminute" in query["sql"]]
    assert "Reading the last 30 days takes a moment" in told
    feed = shown_feed()
    assert feed
    uptime.uptime_lines(feed, now)
    assert '<span data-field="name">Redis</span>' in client.get(page).content.decode()
