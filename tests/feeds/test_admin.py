"""Market data in the admin, with a real client."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from feeds.models import (
    Alert,
    Candle,
    FailoverEvent,
    Feed,
    Gap,
    HealthSnapshot,
    Instrument,
    Lease,
    Listing,
    Quote,
    Trade,
    UptimeMinute,
    Venue,
)
from feeds.storage import snapshots
from tests.feeds.page import text_of
from tests.feeds.rows import make_rows
from tests.feeds.samples import NOON

pytestmark = pytest.mark.django_db
READ_ONLY = (Trade, Quote, Candle, Gap, HealthSnapshot, FailoverEvent, Alert, UptimeMinute, Lease)


@pytest.fixture
def rows(db: None) -> None:
    make_rows()


def page(model: type, name: str, *args: object) -> str:
    return reverse(f"admin:feeds_{model.__name__.lower()}_{name}", args=args)


def test_every_model_is_in_the_admin(rows: None, admin_client: Client) -> None:
    """Each list and each row opens."""
    for model in apps.get_app_config("feeds").get_models():
        row = model._default_manager.first()
        if row is None or "_" in model.__name__:
            continue
        assert admin_client.get(page(model, "changelist")).status_code == 200, model
        assert admin_client.get(page(model, "change", row.pk)).status_code == 200, model


def test_prices_are_shown_digit_by_digit(rows: None, admin_client: Client) -> None:
    """F-12: no rounding on the way to the page."""
    listed = text_of(admin_client.get(page(Trade, "changelist")).content)
    assert "123456.123456789012" in listed
    candles = text_of(admin_client.get(page(Candle, "changelist")).content)
    assert re.search(r"76000\.10 .*0\.000001 ", candles)


def test_times_are_shown_to_the_second(rows: None, admin_client: Client) -> None:
    """F-06: a failover takes less than four of them."""
    for model in (Trade, Gap, FailoverEvent, Alert):
        assert "2026-11-20 12:00:00" in text_of(admin_client.get(page(model, "changelist")).content), model


def test_evidence_of_a_failover_is_a_table(rows: None, admin_client: Client) -> None:
    """F-06: what was known of each venue, in words, and in the order of the venues."""
    event = FailoverEvent.objects.get()
    said = text_of(admin_client.get(page(FailoverEvent, "change", event.pk)).content)
    assert said.index("Binance Connected") < said.index("OKX Waiting")
    assert "Venue State Last data Circuit Failures Reason Said last" in said
    assert "Binance Connected 3.0 s before closed 1 silent 76000.10" in said
    assert "OKX Waiting never open 7 – –" in said
    assert "data_age" not in said


def test_failovers_are_listed_by_when_the_price_moved(rows: None, admin_client: Client) -> None:
    """F-06: the newest first; of one instrument, or of all."""
    event = FailoverEvent.objects.get()
    event.pk, event.instrument_id = None, "BTC-USDT"
    event.started_at, event.finished_at = NOON - timedelta(seconds=9), NOON + timedelta(seconds=1)
    event.save()
    listed = admin_client.get(page(FailoverEvent, "changelist"))
    assert [row.instrument_id for row in listed.context["cl"].result_list] == ["BTC-USDT", None]
    assert "2026-11-20 12:00:00 2026-11-20 12:00:00 Main feed all of them Binance HTX" in text_of(listed.content)


def test_gaps_that_nobody_wanted_filled_are_marked(rows: None, admin_client: Client) -> None:
    """Issue 4, item 7: where we chose not to listen."""
    assert b"check_small" in admin_client.get(page(Gap, "changelist")).content
    Gap.objects.update(is_wanted=False)
    assert b"close_small" in admin_client.get(page(Gap, "changelist")).content


def test_gaps_are_found_by_the_word_that_their_reason_begins_with(rows: None, admin_client: Client) -> None:
    """F-06: beside venue, instrument, status and time."""
    asked = {"reason": "silent", "status__exact": "open", "venue__code__exact": "htx"}
    found = text_of(admin_client.get(page(Gap, "changelist"), asked).content)
    assert "2026-11-20 12:00:00 4.0 BTC-USDT HTX open 0" in found
    assert "silent: no market data for 3 s the venue has them no more" in found
    none = admin_client.get(page(Gap, "changelist"), {"reason": "closed"})
    assert none.context["cl"].result_count == 0


@pytest.mark.parametrize("model", [Venue, *READ_ONLY])
def test_what_the_program_makes_is_neither_added_nor_deleted(rows: None, admin_client: Client, model: type) -> None:
    """A venue needs a dialect; history is history."""
    row = model._default_manager.first()  # type: ignore[attr-defined]
    assert admin_client.get(page(model, "add")).status_code == 403
    assert admin_client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_workers_write_is_not_changed(rows: None, admin_client: Client, model: type) -> None:
    """Not even by a superuser."""
    row = model._default_manager.first()  # type: ignore[attr-defined]
    assert admin_client.post(page(model, "change", row.pk), {}).status_code == 403


def test_visitors_are_sent_to_the_login(client: Client) -> None:
    """Nobody sees market data unasked."""
    for model in (Venue, Instrument, Listing, Feed, *READ_ONLY):
        assert client.get(page(model, "changelist")).status_code == 302


def test_snapshots_are_found_by_part(rows: None, admin_client: Client) -> None:
    """D-07: of a venue, of Redis, of a lease; and the transitions without the samples."""
    snapshots.sample("feed:main", "live", NOON).save()
    for asked, count in (({"part": "venue"}, 1), ({"part": "redis"}, 0), ({"is_transition__exact": "1"}, 1), ({}, 2)):
        listed = admin_client.get(page(HealthSnapshot, "changelist"), asked)
        assert listed.context["cl"].result_count == count, asked
