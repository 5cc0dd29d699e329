"""/api/v1/trades/: what is asked, what is answered, and how a history is read page by page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client

from feeds.api.asking import with_period
from feeds.api.trades import Trades
from feeds.models import Instrument, Trade, Venue

pytestmark = pytest.mark.django_db
URL = "/api/v1/trades/"
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = {"instrument": "BTC-USDT", "from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z"}


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(User.objects.create_user("ada"))
    return client


@pytest.fixture
def instrument() -> Instrument:
    return Instrument.objects.get_or_create(code="BTC-USDT")[0]


def traded(instrument: Instrument, number: int, at: datetime = AT, **fields: Any) -> Trade:
    return Trade(
        **{
            "venue": Venue.objects.get(code="binance"),
            "instrument": instrument,
            "trade_id": str(number),
            "price": Decimal("64250.100000000000000001"),
            "size": Decimal("0.00000001"),
            "side": "buy",
            "traded_at": at,
            "received_at": at,
            **fields,
        }
    )


def pages(reader: Client, **asked: str | int) -> Iterator[list[dict[str, Any]]]:
    query: dict[str, str | int] = {**DAY, **asked}
    url = URL
    while url:
        answer = reader.get(url, query)
        assert answer.status_code == 200, answer.content
        yield answer.json()["results"]
        url, query = answer.json()["next"], {}


def test_a_trade_is_told_digit_by_digit(reader: Client, instrument: Instrument) -> None:
    """D-05: decimals as they are stored, times in UTC, and no exponent."""
    Trade.objects.bulk_create([traded(instrument, 1)])
    [[told]] = pages(reader)
    assert told.pop("id") > 0
    assert told == {
        "venue": "binance",
        "instrument": "BTC-USDT",
        "trade_id": "1",
        "price": "64250.100000000000000001",
        "size": "0.00000001",
        "side": "buy",
        "traded_at": "2026-11-20T12:00:00Z",
        "received_at": "2026-11-20T12:00:00Z",
        "quarantine": "",
    }


@pytest.mark.parametrize("order", ["desc", "asc"])
def test_rows_of_one_moment_are_each_told_once(reader: Client, instrument: Instrument, order: str) -> None:
    """D-05: 2500 trades of one millisecond, where a cursor over the time alone goes round in circles."""
    Trade.objects.bulk_create([traded(instrument, number) for number in range(2500)])
    told = [row["id"] for page in pages(reader, limit=1000, order=order) for row in page]
    assert told == sorted(set(told), reverse=order == "desc")
    assert len(told) == 2500


def test_rows_that_come_meanwhile_move_no_page(reader: Client, instrument: Instrument) -> None:
    """D-05: the cursor is a place, not a number of rows."""
    Trade.objects.bulk_create([traded(instrument, n, AT + timedelta(seconds=n)) for n in range(30)])
    read = pages(reader, limit=10)
    told = [row["trade_id"] for row in next(read)]
    Trade.objects.bulk_create([traded(instrument, n, AT + timedelta(seconds=n)) for n in range(30, 60)])
    told += [row["trade_id"] for page in read for row in page]
    assert told == [str(number) for number in reversed(range(30))]


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"limit": "0"}, "limit", "1 to 1000"),
        ({"limit": "1001"}, "limit", "1 to 1000"),
        ({"limit": "x"}, "limit", "1 to 1000"),
        ({"order": "price"}, "order", "desc"),
        ({"cursor": "abc"}, "cursor", "next"),
        ({"cursor": "WyIyMDI2Il0="}, "cursor", "next"),
        ({"from": "yesterday"}, "from", "2026-11-21T12:00:00Z"),
        ({"from": "2026-11-22T00:00:00Z"}, "from", "before"),
        ({"from": "2026-11-20T00:00:00"}, "from", "zone"),
        ({"side": "long"}, "side", "long"),
        ({"instrument": ""}, "instrument", "required"),
        ({"venue__name": "x"}, "venue__name", "Known: cursor, from"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    reader: Client, instrument: Instrument, asked: dict[str, str], field: str, words: str
) -> None:
    """D-05 S8: 400, which parameter, and what to write instead."""
    answer = reader.get(URL, {**DAY, **asked})
    assert answer.status_code == 400
    assert words in answer.json()["fields"][field][0]
    assert answer.json()["error"].startswith(f"{field}: ")


def test_strangers_are_told_to_log_in(client: Client) -> None:
    """D-05 S6: 401."""
    answer = client.get(URL, DAY)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert set(answer.json()) == {"error"}


def test_what_did_not_change_is_not_sent_again(reader: Client, instrument: Instrument) -> None:
    Trade.objects.bulk_create([traded(instrument, 1)])
    first = reader.get(URL, DAY)
    again = reader.get(URL, DAY, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_asked_twice_by_one_name_is_refused(reader: Client, instrument: Instrument) -> None:
    """S8: the last one would count, and nobody is told."""
    answer = reader.get(URL, {**DAY, "limit": ["1", "2"]})
    assert (answer.status_code, answer.json()["fields"]) == (400, {"limit": ["Ask for it once."]})


@pytest.mark.parametrize("path", [f"{URL}?{urlencode(DAY)}", "/api/v1/venues/", "/api/v1/uptime/"])
def test_an_answer_may_be_kept_by_its_reader_alone(reader: Client, instrument: Instrument, path: str) -> None:
    """S8: it depends on who asks, and by what."""
    answer = reader.get(path)
    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(answer["Vary"].split(", "))


def test_the_usual_time_is_the_same_for_a_minute(reader: Client, instrument: Instrument) -> None:
    """D-05: else `next` and with it the ETag would be another one each time."""
    filters, at = Trades.filterset_class, AT + timedelta(seconds=17)
    asked = [with_period({}, filters, at + timedelta(seconds=later)) for later in (0, 42, 43)]
    assert asked[0] == asked[1] == {"from": "2026-11-19T12:01:00+00:00", "to": "2026-11-20T12:01:00+00:00"}
    assert asked[2]["to"] == "2026-11-20T12:02:00+00:00"


@pytest.mark.parametrize(("is_believed", "ids"), [("true", ["1"]), ("false", ["2"]), ("", ["2", "1"])])
def test_who_wants_prices_asks_for_believed_trades(
    reader: Client, instrument: Instrument, is_believed: str, ids: list[str]
) -> None:
    """D-05: what is in quarantine is told only to who asks for all, or for that."""
    Trade.objects.bulk_create([traded(instrument, 1), traded(instrument, 2, quarantine="clock")])
    assert [row["trade_id"] for page in pages(reader, is_believed=is_believed) for row in page] == ids
