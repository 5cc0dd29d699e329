"""Decimals come back from either database as they went in, and compare, sort and add up by value."""

import random
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Max, Min, QuerySet, Sum, Window

from feeds.models import Alert, Trade, Venue
from tests.feeds.samples import NOON

TINY = "0.000000000000000001"
HUGE = "999999999999.999999999999999999"
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="looks at what SQLite was taught")
TEXTS = [TINY, "0.5", "0.50", "9", "10", "58001.03000000", "123456.123456789012", "123456.1234567890120001", HUGE]


@pytest.fixture
def prices(db: None) -> QuerySet[Trade]:
    """The empty table of trades."""
    return Trade.objects.all()


def store(prices: QuerySet[Trade], *texts: str) -> None:
    prices.bulk_create(
        Trade(
            venue_id="binance",
            instrument_id="BTC-USDT",
            trade_id=str(number),
            price=Decimal(text),
            size=Decimal(1),
            side="buy",
            traded_at=NOON,
            received_at=NOON,
        )
        for number, text in enumerate(texts)
    )


def listed(prices: QuerySet[Trade]) -> list[str]:
    return [str(price) for price in prices.values_list("price", flat=True)]


@pytest.mark.parametrize("text", TEXTS)
def test_decimal_comes_back_digit_by_digit(prices: QuerySet[Trade], text: str) -> None:
    """F-12: as large, as small and with as many zeros as it was sent."""
    store(prices, text)
    assert format(prices.get().price, "f") == text


def test_decimals_sort_by_value(prices: QuerySet[Trade]) -> None:
    """F-12: 9 comes before 10, and digits beyond a double count."""
    texts = [text for text in TEXTS if text != "0.50"]
    shuffled = random.Random(7).sample(texts, len(texts))
    store(prices, *shuffled)
    assert [Decimal(text) for text in listed(prices.order_by("price"))] == [Decimal(text) for text in texts]
    assert [Decimal(text) for text in listed(prices.order_by("-price"))] == [Decimal(text) for text in texts[::-1]]


def test_decimals_filter_by_value(prices: QuerySet[Trade]) -> None:
    """F-12: equal is equal whatever the zeros, and neighbours 1e-16 apart are told apart."""
    store(prices, *TEXTS)
    between = prices.filter(price__gt=Decimal("9.9"), price__lte=Decimal("123456.123456789012"))
    assert listed(between.order_by("price")) == ["10", "58001.03000000", "123456.123456789012"]
    assert listed(prices.filter(price=Decimal("58001.03"))) == ["58001.03000000"]
    assert prices.filter(price=Decimal("0.5")).count() == 2
    assert prices.filter(price__in=[Decimal(TINY), Decimal("10.0")]).count() == 2
    assert prices.filter(price__lt=Decimal(HUGE)).count() == len(TEXTS) - 1


def test_decimals_aggregate_exactly(prices: QuerySet[Trade]) -> None:
    """F-12: MIN and MAX by value, SUM to the last of 30 digits."""
    store(prices, *TEXTS)
    found = prices.aggregate(Min("price"), Max("price"), Sum("price"))
    assert format(found["price__min"], "f") == TINY
    assert format(found["price__max"], "f") == HUGE
    assert found["price__sum"] == Decimal("1000000304933.2769135780240001")


def test_sum_of_many_rounds_nothing(prices: QuerySet[Trade]) -> None:
    """F-12: a thousand tiny numbers beside a large one."""
    store(prices, "123456789012", *[TINY] * 1000)
    assert prices.aggregate(total=Sum("price"))["total"] == Decimal("123456789012.000000000000001")


def test_no_rows_have_no_sum(prices: QuerySet[Trade]) -> None:
    """As SQL has it: NULL, not 0."""
    assert prices.aggregate(Sum("price"), Min("price")) == {"price__sum": None, "price__min": None}


def test_running_sum_is_exact(prices: QuerySet[Trade]) -> None:
    """A window adds and takes back without drift."""
    store(prices, "0.1", "0.2", TINY)
    running = prices.annotate(total=Window(Sum("price"), order_by=F("id").asc())).order_by("id")
    assert [row.total for row in running] == [Decimal("0.1"), Decimal("0.3"), Decimal("0.300000000000000001")]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "abc", "", Decimal("sNaN")])
def test_what_is_no_finite_number_is_refused(prices: QuerySet[Trade], value: str | Decimal) -> None:
    """E24: neither database gets to see it."""
    with pytest.raises(ValidationError):
        prices.create(venue_id="binance", price=value, size=1, traded_at=NOON, received_at=NOON)


@on_sqlite
@pytest.mark.django_db
def test_sqlite_connection_knows_the_collation_at_once() -> None:
    """A new connection, as each thread has one, compares by value."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT '9' < '10' COLLATE exact_decimal")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_sqlite_sums_other_columns_as_ever() -> None:
    """Its SUM is replaced for everybody, so whole numbers stay whole, and seconds stay seconds."""
    Venue.objects.all().update(priority=3, silent_after=0.25)
    found = Venue.objects.aggregate(Sum("priority"), Sum("silent_after"))
    rows = Venue.objects.count()
    assert found == {"priority__sum": 3 * rows, "silent_after__sum": 0.25 * rows}
    assert isinstance(found["priority__sum"], int)


@pytest.mark.django_db
@pytest.mark.parametrize("microsecond", [0, 1, 1000, 999_999])
def test_a_time_comes_back_in_utc_to_the_microsecond(microsecond: int) -> None:
    """D-05: whatever zone it was told in."""
    at = NOON.replace(microsecond=microsecond)
    Alert.objects.create(kind="blind", text="No venue", raised_at=at.astimezone(ZoneInfo("Asia/Tokyo")))
    [found] = Alert.objects.values_list("raised_at", flat=True)
    assert (found, found.utcoffset()) == (at, timedelta(0))
