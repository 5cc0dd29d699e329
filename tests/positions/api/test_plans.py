"""How the database finds a page of an account's rows: by an index, in order."""

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client

from positions.api.urls import HISTORIES
from positions.models import Account
from tests.plans import asked, plan, reads_whole

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("route", ["position-changes", "orders", "fills", "balances", "drifts"])
def test_a_page_of_an_account_is_not_sorted_out_of_all_its_rows(client: Client, route: str, order: str) -> None:
    """C13: an account has years of them. Its positions are one row for each symbol and side, so those may be."""
    caches["memory"].clear()
    caches["counters"].clear()
    ada = User.objects.create_user("ada")
    Account.objects.create(label="Of Ada", owner=ada)
    client.force_login(ada)
    table = HISTORIES[route].model._meta.db_table  # type: ignore[attr-defined]  # all of these have one
    with asked() as statements:
        assert client.get(f"/api/v1/{route}/", {"order": order}).status_code == 200
    [(sql, params)] = [(sql, params) for sql, params in statements if f'FROM "{table}"' in sql]
    assert not reads_whole(table, sql, params)
    # SQLite's word for sorting all of them.
    assert "TEMP B-TREE FOR ORDER BY" not in plan(sql, params)
