"""Market data in the admin, with a real client."""

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from feeds.models import FailoverEvent, Feed, Instrument, Lease, Listing, Trade, Venue, VenueHealth
from tests.feeds.samples import NOON

pytestmark = pytest.mark.django_db
READ_ONLY = (Trade, VenueHealth, FailoverEvent, Lease)


@pytest.fixture
def rows(db: None) -> None:
    """One row of everything that workers write."""
    Trade.objects.create(
        venue_id="binance",
        instrument_id="BTC-USDT",
        trade_id="1",
        price="123456.123456789012",
        size="0.00100000",
        side="buy",
        traded_at=NOON,
        received_at=NOON,
    )
    VenueHealth.objects.create(feed_id="main", venue_id="binance", state="connected", entered_at=NOON)
    FailoverEvent.objects.create(
        feed_id="main",
        from_venue_id="binance",
        to_venue_id="htx",
        started_at=NOON,
        finished_at=NOON,
        last_price_age=3.1,
    )
    Lease.objects.create(resource="drain")


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
    listed = admin_client.get(page(Trade, "changelist")).content.decode()
    assert "123456.123456789012" in listed


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


def test_new_instrument_is_listed_at_every_venue_at_once(admin_client: Client) -> None:
    """F-01: nobody has to migrate for it."""
    admin_client.post(reverse("admin:feeds_instrument_add"), {"code": "ETH-USDT"})
    instrument = Instrument.objects.get(code="ETH-USDT")
    assert (instrument.base, instrument.quote) == ("ETH", "USDT")
    assert set(Listing.objects.filter(instrument=instrument).values_list("symbol", flat=True)) >= {"ETHUSDT", "ethusdt"}


@pytest.mark.parametrize("code", ["AAA/USDT", "BTCUSDT", "btc-usdt", "BTC-USDT-SWAP", "-", ""])
def test_instrument_that_is_none_is_refused_with_a_sentence(admin_client: Client, code: str) -> None:
    """A code is part of addresses and keys."""
    page = admin_client.post(reverse("admin:feeds_instrument_add"), {"code": code}).content.decode()
    assert "BASE-QUOTE" in page
    assert not Instrument.objects.filter(code=code).exists()
