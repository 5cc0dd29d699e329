"""The routes of the market's histories and lists: what each tells, and to whom."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import caches
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from feeds.api import uptime
from feeds.market.uptime import Minute
from feeds.models import Alert, Candle, Feed, Venue
from feeds.storage.uptime import add
from tests.feeds.rows import make_rows
from tests.feeds.samples import NOON

pytestmark = pytest.mark.django_db
ROOT: Final = "/api/v1/"
DAY: Final = {"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z"}
# What each has to be asked beside the time.
ASKED: Final = {
    "trades": {"instrument": "BTC-USDT"},
    "quotes": {"instrument": "BTC-USDT"},
    "candles": {"instrument": "BTC-USDT", "venue": "htx"},
    "gaps": {},
    "failovers": {},
    "alerts": {},
    "health-snapshots": {},
}
SHORT: Final = ("venues", "instruments", "feeds", "uptime")


@pytest.fixture
def operator(client: Client) -> Client:
    caches["memory"].clear()
    caches["counters"].clear()
    user = User.objects.create_user("ada")
    user.groups.add(Group.objects.get(name="Operator"))
    client.force_login(user)
    return client


def told(client: Client, route: str, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(f"{ROOT}{route}/", {**DAY, **ASKED[route], **asked} if route in ASKED else {})
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    generator: Any = SchemaGenerator
    found: dict[str, Any] = generator().get_schema(public=True)
    return found


def fields_of(schema: dict[str, Any], route: str) -> set[str]:
    """Of a row, as the schema of the API promises them."""
    described = schema["paths"][f"{ROOT}{route}/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    parts = schema["components"]["schemas"]
    page = parts[described["$ref"].rpartition("/")[2]] if "$ref" in described else described
    return set(parts[page["properties"]["results"]["items"]["$ref"].rpartition("/")[2]]["properties"])


@pytest.mark.parametrize("route", [*ASKED, *SHORT])
def test_a_row_has_the_fields_of_the_schema_and_no_other(operator: Client, schema: dict[str, Any], route: str) -> None:
    """S7 D-05: whatever column a table gets, no answer tells it by itself."""
    make_rows()
    add([Minute("redis", NOON, 60, 60)])
    assert set(told(operator, route)[0]) == fields_of(schema, route)


@pytest.mark.parametrize("route", ASKED)
def test_a_code_that_nobody_knows_is_answered_with_those_that_there_are(operator: Client, route: str) -> None:
    """D-05: 400, and what could have been meant."""
    name = {"failovers": "feed", "alerts": "feed"}.get(route, "instrument")
    answer = operator.get(f"{ROOT}{route}/", {**ASKED[route], name: "nonsense"})
    assert answer.status_code == 400
    assert "Known: " in answer.json()["fields"][name][0]


@pytest.mark.parametrize(
    ("route", "status"), [("health-snapshots", 403), ("alerts", 200), ("failovers", 200), ("uptime", 200)]
)
def test_only_operators_read_health_snapshots(client: Client, route: str, status: int) -> None:
    """S6: what processes and hosts are called is the operators' matter."""
    client.force_login(User.objects.create_user("bob"))
    assert client.get(f"{ROOT}{route}/").status_code == status


@pytest.mark.parametrize("route", SHORT)
def test_a_list_that_tells_all_is_asked_nothing(operator: Client, route: str) -> None:
    """S8: a name that means nothing is refused, not passed over."""
    assert operator.get(f"{ROOT}{route}/", {"venue__code": "htx"}).status_code == 400


@pytest.mark.parametrize("route", SHORT)
def test_a_short_list_that_did_not_change_is_not_sent_again(operator: Client, route: str) -> None:
    first = operator.get(f"{ROOT}{route}/")
    assert operator.get(f"{ROOT}{route}/", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_alerts_are_told_by_whether_they_are_over(operator: Client) -> None:
    Alert.objects.create(feed_id="main", kind="blind", text="No venue delivers", raised_at=NOON)
    Alert.objects.create(feed_id="main", kind="blind", text="It was so", raised_at=NOON, cleared_at=NOON)
    assert [row["text"] for row in told(operator, "alerts", is_over="false")] == ["No venue delivers"]
    assert [row["text"] for row in told(operator, "alerts", is_over="true")] == ["It was so"]


def test_an_uptime_tells_what_is_promised_and_what_is_not(operator: Client) -> None:
    """D-05 V-13: accounts are others' matter; a venue counts while it is listened to."""
    lately = (datetime.now(UTC) - timedelta(minutes=5)).replace(second=0, microsecond=0)
    add([Minute(subject, lately, 30, 30) for subject in ("redis", "venue:main:binance", "account:1")])
    rows = {row["subject"]: row for row in told(operator, "uptime")}
    assert set(rows) == {"redis", "venue:main:binance"}
    assert rows["redis"]["is_promised"]
    assert rows["venue:main:binance"]["month"]["share"] == 1.0


def test_an_uptime_takes_no_longer_than_any_question(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """C13: one reads at a time, within the time that there is; who waits for that too long comes again."""
    monkeypatch.setattr(uptime, "LONGEST_S", 0.0)
    assert operator.get(f"{ROOT}uptime/").status_code == 503
    monkeypatch.undo()
    assert operator.get(f"{ROOT}uptime/").status_code == 200
    monkeypatch.setattr(uptime, "LONGEST_S", 0.0)
    with uptime.READING:
        assert operator.get(f"{ROOT}uptime/").status_code == 503


def test_lists_tell_who_is_where(operator: Client) -> None:
    """D-05: which venues there are, what they list, and who follows it."""
    venue = next(row for row in told(operator, "venues") if row["code"] == "htx")
    assert (venue["name"], "BTC-USDT" in venue["instruments"]) == (Venue.objects.get(code="htx").name, True)
    instrument = next(row for row in told(operator, "instruments") if row["code"] == "BTC-USDT")
    assert ("main" in instrument["feeds"], "htx" in instrument["venues"]) == (True, True)
    assert told(operator, "feeds")[0]["title"] == Feed.objects.get(name="main").title


def minutes(count: int) -> None:
    """From noon on, each a step above the one before."""
    Candle.objects.bulk_create(
        Candle(
            venue_id="htx",
            instrument_id="BTC-USDT",
            start_at=NOON + timedelta(minutes=n),
            open=n + 1,
            high=n + 3,
            low=n + 1,
            close=n + 2,
            volume=1,
            trades=1,
            status="closed",
        )
        for n in range(count)
    )


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_longer_bars_are_made_of_all_their_minutes(operator: Client, order: str) -> None:
    """D-05 L-03: five minutes are one bar, however the pages are cut."""
    minutes(20)
    asked = {**DAY, **ASKED["candles"], "timeframe": "5m", "limit": "3", "order": order}
    first = operator.get(f"{ROOT}candles/", asked).json()
    second = operator.get(first["next"]).json()
    rows = sorted(first["results"] + second["results"], key=lambda row: row["start_at"])
    assert (len(first["results"]), second["next"]) == (3, None)
    assert [(row["start_at"][11:16], row["open"], row["close"], row["volume"]) for row in rows] == [
        ("12:00", "1", "6", "5"),
        ("12:05", "6", "11", "5"),
        ("12:10", "11", "16", "5"),
        ("12:15", "16", "21", "5"),
    ]


def test_a_bar_that_began_before_the_time_is_left_out(operator: Client) -> None:
    """D-05: half a bar would be told as if it were a whole one."""
    minutes(20)
    rows = told(operator, "candles", timeframe="5m", **{"from": "2026-11-20T12:03:00Z", "to": "2026-11-20T12:12:00Z"})
    assert [(row["start_at"][11:16], row["trades"]) for row in rows] == [("12:10", 5), ("12:05", 5)]


def test_a_page_of_days_is_bounded_by_its_minutes(operator: Client) -> None:
    """C13: 1000 bars of a day would be 1.4 million rows."""
    made = (NOON.replace(hour=0) - timedelta(days=n) for n in range(40))
    Candle.objects.bulk_create(
        Candle(venue_id="htx", instrument_id="BTC-USDT", start_at=at, open=1, high=1, low=1, close=1, status="closed")
        for at in made
    )
    asked = {**ASKED["candles"], "timeframe": "1d", "limit": "1000", "from": "2026-01-01T00:00:00Z"}
    first = operator.get(f"{ROOT}candles/", asked).json()
    assert len(first["results"]) == 30
    assert len(operator.get(first["next"]).json()["results"]) == 10


@pytest.mark.parametrize("timeframe", ["1m", "1d"])
def test_the_next_bars_until_the_last_time_can_be_asked(operator: Client, timeframe: str) -> None:
    """D-05: rounded up to a whole bar it would be a time that is refused."""
    Candle.objects.bulk_create(
        Candle(venue_id="htx", instrument_id="BTC-USDT", start_at=at, open=1, high=1, low=1, close=1, status="closed")
        for at in (NOON + timedelta(days=n) for n in range(3))
    )
    until = {"from": "2026-11-20T00:00:00Z", "to": "2099-12-31T23:59:30Z"}
    asked = {**ASKED["candles"], **until, "timeframe": timeframe, "limit": "1"}
    assert len(operator.get(operator.get(f"{ROOT}candles/", asked).json()["next"]).json()["results"]) == 1
