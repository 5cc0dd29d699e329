"""Accounts over REST: each reader gets their own, whatever they ask for, and of each row what is theirs to know."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from positions.keys.credentials import Credentials
from positions.keys.encryption import seal
from positions.models import Account
from tests.feeds.samples import NOON
from tests.positions.api.rows import fill, one_of_each, order, position

pytestmark = pytest.mark.django_db
LISTS = ["accounts", "positions", "position-changes", "orders", "fills", "balances", "drifts"]
OF_ACCOUNTS = [name for name in LISTS if name != "accounts"]
EVER = {"from": "2000-01-01T00:00:00Z"}


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def reader(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def own(ada: User) -> Account:
    account = Account(label="Of Ada", owner=ada, uid="1234567890")
    seal(account, Credentials("bg_0123456789abcdef", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "open sesame"))
    account.save()
    one_of_each(account)
    return account


@pytest.fixture
def others() -> Account:
    account = Account.objects.create(label="Of Bob", owner=User.objects.create_user("bob"))
    one_of_each(account)
    return account


def ask(reader: Client, name: str, **asked: Any) -> Any:
    return reader.get(f"/api/v1/{name}/", {**EVER, **asked})


def told(reader: Client, name: str, **asked: Any) -> list[dict[str, Any]]:
    answer = ask(reader, name, **asked)
    assert answer.status_code == 200, answer.content
    return list(answer.json()["results"])


@pytest.mark.parametrize("name", LISTS)
def test_only_ones_own_is_told(reader: Client, own: Account, others: Account, name: str) -> None:
    """D-05 S6: of one's own, and of one's groups from the moment on that they may see it."""
    column = "id" if name == "accounts" else "account"
    assert [row[column] for row in told(reader, name)] == [own.pk]
    desk = Group.objects.create(name="desk")
    others.groups.add(desk)
    own.owner.groups.add(desk)
    assert {row[column] for row in told(reader, name)} == {own.pk, others.pk}


@pytest.mark.parametrize("name", OF_ACCOUNTS)
def test_anothers_account_is_not_there(reader: Client, own: Account, others: Account, name: str) -> None:
    """S6, mistake 3: 404, in the words for an account that nobody has; one's own is."""
    nobodys = others.pk + 1000
    theirs, none = ask(reader, name, account=others.pk), ask(reader, name, account=nobodys)
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert theirs.json()["error"].replace(str(others.pk), "N") == none.json()["error"].replace(str(nobodys), "N")
    assert len(told(reader, name, account=own.pk)) == 1


def test_one_account_is_told_to_who_may_see_it(reader: Client, own: Account, others: Account) -> None:
    """S6: by its id; another's is not there."""
    answers = [reader.get(f"/api/v1/accounts/{number}/") for number in (own.pk, others.pk, 2**70)]
    assert answers[0].json() == told(reader, "accounts")[0]
    assert [answer.status_code for answer in answers] == [200, 404, 404]


def test_nothing_is_asked_of_one_account(reader: Client, own: Account) -> None:
    """S8: neither a time."""
    assert ask(reader, f"accounts/{own.pk}").status_code == 400


@pytest.mark.parametrize("name", LISTS)
def test_nothing_of_the_key_is_told(reader: Client, own: Account, name: str) -> None:
    """S7 B12: neither sealed nor in the clear, nor its end, nor whose it is at the venue."""
    shown = ask(reader, name).content.decode()
    for secret in (own.sealed, own.key_end, own.uid, str(own.token), "bg_0123", "sesame"):
        assert secret
        assert secret not in shown


def test_an_account_is_told_by_these_fields(reader: Client, own: Account) -> None:
    """S7: these, and no others that the table may get."""
    assert set(told(reader, "accounts")[0]) == {
        "id",
        "label",
        "environment",
        "kind",
        "profile",
        "is_enabled",
        "checked_at",
        "expires_at",
        "created_at",
    }


def test_numbers_are_exact_and_what_is_unknown_is_null(reader: Client, own: Account) -> None:
    """D-05: a price that the venue did not tell is no zero."""
    [row] = told(reader, "positions")
    assert (row["size"], row["entry_price"]) == ("0.00000001", "64250.100000000000000001")
    assert (row["mark_price"], row["closed_at"]) == (None, None)
    assert row["updated_at"] == "2026-11-20T12:00:00Z"


def test_positions_are_open_closed_or_all(reader: Client, own: Account) -> None:
    """D-05: what is open is told however long it stands, without a period."""
    position(own, NOON - timedelta(days=400), side="short", closed_at=NOON, size=0)
    found = {status: [row["side"] for row in told(reader, "positions", status=status)] for status in ("open", "closed")}
    assert found == {"open": ["long"], "closed": ["short"]}
    assert len(told(reader, "positions", status="all")) == 2
    assert [row["side"] for row in reader.get("/api/v1/positions/").json()["results"]] == ["long"]


def test_orders_are_found_by_how_they_stand(reader: Client, own: Account) -> None:
    """D-05: open, ended, or one state; of a kind."""
    order(own, order_id="2", status="filled", kind="market")
    order(own, order_id="3", status="partially_filled")
    found = {
        status: {row["order_id"] for row in told(reader, "orders", status=status)}
        for status in ("all", "open", "ended", "filled")
    }
    assert found == {"all": {"1", "2", "3"}, "open": {"1", "3"}, "ended": {"2"}, "filled": {"2"}}
    assert [row["order_id"] for row in told(reader, "orders", kind="market")] == ["2"]


def test_fills_are_found_by_symbol_side_and_time(reader: Client, own: Account) -> None:
    """D-05: `to` is not included."""
    fill(own, NOON + timedelta(hours=1), fill_id="2", symbol="ETHUSDT", side="sell")
    assert [row["fill_id"] for row in told(reader, "fills", symbol="ETHUSDT")] == ["2"]
    assert [row["fill_id"] for row in told(reader, "fills", side="buy")] == ["1"]
    assert [row["fill_id"] for row in told(reader, "fills", to="2026-11-20T13:00:00Z")] == ["1"]


@pytest.mark.parametrize("name", ["positions", "orders", "accounts"])
def test_a_standing_list_goes_back_to_the_beginning(reader: Client, own: Account, name: str) -> None:
    """D-05: and is read page by page all the same."""
    answer = reader.get(f"/api/v1/{name}/", {"limit": "1", "order": "asc"})
    assert [answer.status_code, len(answer.json()["results"]), answer.json()["next"]] == [200, 1, None]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("fills", {"account": "x"}),
        ("fills", {"account": str(2**63)}),
        ("fills", {"account": "-1"}),
        ("positions", {"status": "ajar"}),
        ("positions", {"account__owner__password__startswith": "p"}),
        ("orders", {"from": "2026-11-20"}),
        ("accounts", {"owner": "ada"}),
    ],
)
def test_what_cannot_be_meant_is_refused(reader: Client, own: Account, name: str, asked: dict[str, str]) -> None:
    """D-05 S8: 400, and which parameter."""
    answer = ask(reader, name, **asked)
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == set(asked)
