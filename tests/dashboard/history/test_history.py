"""/history/: what it shows of each kind, what it refuses, and where its files are."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from dashboard.history.form import HistoryForm
from dashboard.history.kinds import KINDS
from dashboard.history.table import table_of
from dashboard.history.views import SHOWN
from feeds.models import Trade
from positions.models import Account
from tests.feeds.rows import make_rows
from tests.positions.api import rows

pytestmark = pytest.mark.django_db
DAY: Final = {"from_at": "2026-11-20T00:00", "to_at": "2026-11-21T00:00"}
ASKED: Final = {"instrument": "BTC-USDT", "venue": "htx"}


@pytest.fixture
def operator(client: Client) -> Client:
    caches["counters"].clear()
    user = User.objects.create_user("ada")
    user.groups.add(Group.objects.get(name="Operator"))
    client.force_login(user)
    return client


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_shows_its_rows_and_where_its_files_are(operator: Client, kind: str) -> None:
    """D-05: the links answer with what the page shows."""
    make_rows()
    account = Account.objects.create(label="Main", owner=User.objects.get(username="ada"))
    for make in (rows.change, rows.fill, rows.balance, rows.drift):
        make(account)
    own = ASKED if kind == "candles" else {"instrument": "BTC-USDT"} if KINDS[kind].needs else {}
    answer = operator.get("/history/", {"kind": kind, **DAY, **own})
    assert len(answer.context["rows"]) == 1
    assert operator.get(answer.context["files"]["csv"]).status_code == 200


def test_numbers_and_times_are_written_for_people(operator: Client) -> None:
    make_rows()
    page = operator.get("/history/", {"kind": "trades", **DAY, "instrument": "BTC-USDT"}).content.decode()
    assert "123,456.123456789012" in page
    assert "2026-11-20 12:00:00.000" in page
    assert "not included." in page


def test_what_is_looked_for_first_stands_first_and_digits_stand_below_each_other() -> None:
    """D-05: on a phone too; zeros that no row needs are left out, and venues are called by their names."""
    names = ("id", "venue", "trade_id", "traded_at", "price", "size", "side")
    at = datetime(2026, 11, 20, 12, 0, 0, 123_000, tzinfo=UTC)
    rows = [
        dict(zip(names, (1, "okx", "7", at, Decimal(price), Decimal("2.0"), "buy"), strict=True))
        for price in ("1.50000", "20.25000")
    ]
    table = table_of({name: name for name in names}, rows, "traded_at", {"okx": "OKX"})
    assert [name for name, _ in table.heads] == ["price", "size", "side", "traded_at", "venue", "trade_id"]
    told = [[cell["text"] for cell in row] for row in table.rows]
    assert told[0] == ["1.50", "2", "buy", "2026-11-20 12:00:00.123", "OKX", "7"]
    assert told[1][0] == "20.25"


def test_older_rows_are_a_link_away(operator: Client) -> None:
    """D-05: page by page to the first row; what is no place shows the newest."""
    make_rows()
    [trade] = Trade.objects.all()
    for n in range(SHOWN):
        trade.pk, trade.trade_id = None, f"more-{n}"
        trade.save(force_insert=True)
    asked = {"kind": "trades", **DAY, "instrument": "BTC-USDT"}
    newest = operator.get("/history/", asked)
    older = operator.get(f"/history/{newest.context['older']}")
    assert (len(newest.context["rows"]), len(older.context["rows"]), older.context["older"]) == (SHOWN, 1, "")
    assert len(operator.get("/history/", {**asked, "cursor": "garbage"}).context["rows"]) == SHOWN


@pytest.mark.parametrize("asked", ["", "?kind=trades", "?kind=candles", "?kind=gaps", "?more=nothing"])
def test_what_is_not_said_is_as_on_a_first_look(operator: Client, asked: str) -> None:
    """D-05: the last hour, of the first instrument where there is much; a link may name the kind alone."""
    make_rows()
    answer = operator.get(f"/history/{asked}")
    assert answer.context["form"].errors == {}
    assert "rows" in answer.context


def test_a_time_that_is_none_says_how_to_write_it(operator: Client) -> None:
    page = operator.get("/history/", {"kind": "trades", **DAY, "from_at": "garbage"}).content.decode()
    assert "Write it as 2026-11-21T12:00." in page


@pytest.mark.parametrize("kind", ["trades", "candles"])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "UTC"])
@pytest.mark.parametrize("field", ["from_at", "to_at"])
@pytest.mark.parametrize("at", ["0001-01-01T00:00", "9999-12-31T23:59", "2100-01-02T00:00"])
def test_a_time_that_nothing_can_have_is_refused(operator: Client, kind: str, zone: str, field: str, at: str) -> None:
    """S8: beside the field, in every zone."""
    form = HistoryForm({"kind": kind, **DAY, **ASKED, field: at})
    form.offer(User.objects.get(username="ada"))
    with timezone.override(zone):
        assert form.errors[field]
    assert operator.get("/history/", form.data).status_code == 200


def test_what_the_api_would_refuse_is_a_sentence(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """S8: the page asks by the rules of the API, whatever its form lets through."""
    times = {"from": "0001-01-01T00:00:00+09:00", "to": "2026-11-21T00:00:00+00:00"}
    monkeypatch.setattr(HistoryForm, "asked", lambda _: {"instrument": "BTC-USDT", **times})
    make_rows()
    answer = operator.get("/history/", {"kind": "trades", **DAY, "instrument": "BTC-USDT"})
    assert (answer.status_code, answer.context["problem"].startswith("This cannot be asked")) == (200, True)


def test_who_looks_too_often_is_told_when_to_come_again(operator: Client) -> None:
    """C13: looks and questions over the API are counted together."""
    asked_at = [time.time()] * 599
    caches["counters"].set(f"throttle_user_{User.objects.get(username='ada').pk}", asked_at, 60)
    answers = [operator.get("/history/") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


def test_what_is_only_for_operators_is_not_offered(client: Client) -> None:
    """S6: nor told to who writes its address by hand."""
    client.force_login(User.objects.create_user("bob"))
    answer = client.get("/history/", {"kind": "health-snapshots", **DAY})
    assert b"Health snapshots" not in answer.content
    assert "files" not in answer.context


def test_strangers_log_in_first(client: Client) -> None:
    assert client.get("/history/").status_code == 302
