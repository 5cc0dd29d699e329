"""S8: names and values that reach behind a filter get the same answer as nonsense; and every list has a bound."""

from typing import Any, Final

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.api.schema import description
from feeds.api.paging import MOST
from positions.models import Account
from tests.positions.api.rows import one_of_each

pytestmark = pytest.mark.django_db
LISTS: Final = sorted(path for path in description()["paths"] if "{" not in path and "/export/" not in path)
# By way of relations, lookups, other tables, SQL and JSON.
NAMES: Final = (
    "account__owner__password__startswith",
    "owner__password",
    "id__gt",
    "symbol__regex",
    "account_id",
    "ordering",
    "format",
    "_connector",
    "detail__0",
    "pk",
)
VALUES: Final = (
    "' OR 1=1 --",
    "1; DROP TABLE auth_user",
    "%00",
    "\x00",
    "__proto__",
    "${7*7}",
    "md5",
    "BTC%",
    "[]",
    "٣",
)


@pytest.fixture
def reader(client: Client) -> Client:
    ada, bob = User.objects.create_user("ada"), User.objects.create_user("bob", password="the sea is calm")
    for user in (ada, bob):
        one_of_each(Account.objects.create(label=f"Of {user}", owner=user))
    client.force_login(ada)
    return client


def ask(reader: Client, path: str, asked: dict[str, str]) -> Any:
    caches["counters"].clear()
    return reader.get(path, asked)


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/api/v1/clients/"])
def test_no_name_reaches_behind_a_filter(reader: Client, path: str) -> None:
    """S8: 400 or 403, whatever the value is: right and wrong guesses are told alike."""
    for name in NAMES:
        right, wrong = (ask(reader, path, {name: value}) for value in ("md5$", "zzz"))
        assert right.status_code in (400, 403)
        assert right.content == wrong.content


@given(
    value=st.sampled_from(VALUES) | st.text(max_size=40), name=st.sampled_from(("symbol", "coin", "kind", "account"))
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_value_gets_anothers_rows(reader: Client, name: str, value: str) -> None:
    """S8: nothing of Bob's, and no error, whatever is looked for."""
    bobs = Account.objects.get(label="Of bob").pk
    for path in ("positions", "orders", "position-changes", "balances", "fills"):
        answer = ask(reader, f"/api/v1/{path}/", {"from": "2000-01-01T00:00:00Z", name: value})
        assert answer.status_code in (200, 400, 404)
        assert bobs not in [row["account"] for row in answer.json().get("results", ())]


@pytest.mark.parametrize("name", ["instrument", "venue", "feed"])
@pytest.mark.parametrize("value", VALUES)
def test_no_value_is_more_than_an_unknown_code(reader: Client, name: str, value: str) -> None:
    """S8: also what PostgreSQL refuses to look for."""
    for path in ("trades", "quotes", "candles", "gaps", "failovers", "alerts"):
        assert ask(reader, f"/api/v1/{path}/", {name: value}).status_code == 400


def test_every_list_has_a_bound() -> None:
    """Mistake 8: a page has 1000 rows at most; what has no pages is what admins edit, who is connected, or a file."""
    unbounded = {
        path
        for path, methods in description()["paths"].items()
        for parameters in [{each["name"]: each for each in methods.get("get", {}).get("parameters", ())}]
        if parameters.get("limit", {}).get("schema", {}).get("maximum") != MOST
        if path in LISTS
    }
    assert unbounded == {f"/api/v1/{name}/" for name in ("clients", "feeds", "instruments", "uptime", "venues")}
