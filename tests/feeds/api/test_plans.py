"""How the database finds a page: by an index, wherever in the history it is."""

from typing import Final

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client

from feeds.api.paging import Place
from feeds.api.urls import HISTORIES
from tests.feeds.samples import NOON
from tests.plans import asked, plan, reads_whole

pytestmark = pytest.mark.django_db
TIMES: Final = {"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z"}
DAY: Final = {**TIMES, "instrument": "BTC-USDT"}
# What has to be asked beside the time.
ASKED: Final = {"trades": DAY, "quotes": DAY, "candles": {**DAY, "venue": "htx"}}


@pytest.mark.parametrize("cursor", [{}, {"cursor": str(Place(NOON, 7))}], ids=["first page", "later page"])
@pytest.mark.parametrize("venue", [{}, {"venue": "htx"}], ids=["all venues", "one venue"])
@pytest.mark.parametrize(("route", "table"), [("trades", "feeds_trade"), ("quotes", "feeds_quote")])
def test_a_page_reads_no_table_whole(
    client: Client, route: str, table: str, venue: dict[str, str], cursor: dict[str, str]
) -> None:
    """C13, user pain 25: not once it is long."""
    caches["memory"].clear()
    caches["counters"].clear()
    client.force_login(User.objects.create_user("ada"))
    with asked() as statements:
        assert client.get(f"/api/v1/{route}/", {**DAY, **venue, **cursor}).status_code == 200
    [(sql, params)] = [(sql, params) for sql, params in statements if f'FROM "{table}"' in sql]
    assert not reads_whole(table, sql, params)


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("route", HISTORIES)
def test_a_list_without_a_filter_comes_out_of_an_index_in_order(client: Client, route: str, order: str) -> None:
    """C13: a page costs its rows, not those of the whole time."""
    caches["memory"].clear()
    caches["counters"].clear()
    client.force_login(User.objects.create_superuser("ada"))
    table = HISTORIES[route]().get_queryset().model._meta.db_table
    with asked() as statements:
        assert client.get(f"/api/v1/{route}/", {**ASKED.get(route, TIMES), "order": order}).status_code == 200
    [(sql, params)] = [(sql, params) for sql, params in statements if f'FROM "{table}"' in sql]
    assert "LIMIT" in sql
    assert not reads_whole(table, sql, params)
    # SQLite's word for sorting all of them.
    assert "TEMP B-TREE FOR ORDER BY" not in plan(sql, params)
