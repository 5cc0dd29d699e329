"""Instruments, their listings and feeds in the admin, with a real client."""

from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from feeds import queries
from feeds.models import Feed, FeedVenue, Instrument, Listing
from feeds.venues import REGISTRY
from tests.feeds.page import text_of

pytestmark = pytest.mark.django_db
# What the page of a feed posts where nothing is changed.
FEED: Final[dict[str, object]] = {
    **{"title": "New", "instruments": ["BTC-USDT"], "standbys": 2, "pause_between": 3, "failback_after": 300},
    **{"venues-TOTAL_FORMS": 0, "venues-INITIAL_FORMS": 0},
}


def post(admin: Client, view: str, form: dict[str, object], *args: str) -> list[str]:
    """Posts a form; every error that it comes back with."""
    answer = admin.post(reverse(f"admin:feeds_{view}", args=args), form)
    if answer.status_code == 302:
        return []
    forms = [answer.context["adminform"].form, *(f for s in answer.context["inline_admin_formsets"] for f in s.forms)]
    return [text for form in forms for texts in form.errors.values() for text in texts]


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


def listings_form(code: str, **symbols: str) -> dict[str, object]:
    """The page of an instrument with these symbols at these venues."""
    rows = list(Listing.objects.filter(instrument=code))
    form: dict[str, object] = {"listings-TOTAL_FORMS": len(rows), "listings-INITIAL_FORMS": len(rows)}
    for index, row in enumerate(rows):
        form |= {f"listings-{index}-id": row.pk, f"listings-{index}-instrument": code}
        form |= {
            f"listings-{index}-symbol": symbols.get(row.venue_id, row.symbol),
            f"listings-{index}-is_enabled": "on",
        }
    return form


def test_page_of_an_instrument_shows_how_each_venue_spells_it(admin_client: Client) -> None:
    """F-01: beside what it is asked for, which may be another name of the base."""
    said = text_of(admin_client.get(reverse("admin:feeds_instrument_change", args=["BTC-USDT"])).content)
    assert [dialect.name for dialect in REGISTRY.values() if dialect.symbol("BTC", "USDT") not in said] == []
    assert post(admin_client, "instrument_change", listings_form("BTC-USDT", kraken="XBT/USDT"), "BTC-USDT") == []
    assert Listing.objects.filter(venue="kraken", symbol="XBT/USDT").exists()


def test_symbol_of_another_currency_is_refused(admin_client: Client) -> None:
    """V-07: on the page of the instrument and on that of the listing; the sentence says what would do."""
    told = "Kraken writes BTC-USDT as BTC/USDT. BTC/USD is another pair: add an instrument of its own for it."
    assert post(admin_client, "instrument_change", listings_form("BTC-USDT", kraken="BTC/USD"), "BTC-USDT") == [told]
    listing = Listing.objects.get(venue="kraken")
    form: dict[str, object] = {"venue": "kraken", "instrument": "BTC-USDT", "symbol": "BTC/USD"}
    assert post(admin_client, "listing_change", form, str(listing.pk)) == [told]
    listing.refresh_from_db()
    assert listing.symbol == "BTC/USDT"


def test_pairs_that_a_venue_spells_alike_are_listed_once(admin_client: Client) -> None:
    """F-01: the second one is left out there, and is to be had elsewhere."""
    for code in ("AB-CUSDT", "ABC-USDT"):
        assert post(admin_client, "instrument_add", {"code": code}) == []
    assert set(Listing.objects.filter(symbol="ABCUSDT").values_list("venue", "instrument")) == {
        ("binance", "AB-CUSDT"),
        ("bybit", "AB-CUSDT"),
    }
    assert Listing.objects.filter(venue="okx", instrument="ABC-USDT").exists()


def test_second_feed_is_a_row(admin_client: Client) -> None:
    """F-03: with the same instrument and one more, an order of its own, and its own times."""
    assert post(admin_client, "instrument_add", {"code": "ETH-USDT"}) == []
    form = {
        **{"name": "second", "title": "Second", "is_enabled": "on", "instruments": ["BTC-USDT", "ETH-USDT"]},
        **{"standbys": 1, "pause_between": 2.0, "failback_after": 60.0},
        **{"venues-TOTAL_FORMS": 2, "venues-INITIAL_FORMS": 0},
        **{"venues-0-venue": "kraken", "venues-0-priority": 1},
        **{"venues-1-venue": "binance", "venues-1-is_never_used": "on"},
    }
    assert post(admin_client, "feed_add", form) == []
    plan, main = queries.feed_plan("second"), queries.feed_plan("main")
    assert plan
    assert main
    assert (plan.standbys, plan.pause_between, plan.failback_after) == (1, 2.0, 60.0)
    assert plan.venues[0].instruments == {"BTC/USDT": "BTC-USDT", "ETH/USDT": "ETH-USDT"}
    assert [venue.code for venue in plan.venues if not venue.is_enabled] == ["binance"]
    assert (main.venues[0].code, main.venues[0].is_enabled) == ("binance", True)


def test_name_of_a_feed_stays(admin_client: Client) -> None:
    """Its prices and its lease go by it."""
    assert post(admin_client, "feed_change", {**FEED, "name": "other"}, "main") == []
    assert list(Feed.objects.values_list("name", "title", "is_enabled")) == [("main", "New", False)]


@pytest.mark.parametrize(
    ("field", "value"), [("standbys", 7), ("pause_between", -1), ("failback_after", 0), ("venues-0-priority", 0)]
)
def test_what_a_feed_cannot_be_is_refused(admin_client: Client, field: str, value: object) -> None:
    """F-04: nothing is saved."""
    form = {**FEED, "venues-TOTAL_FORMS": 1, "venues-0-venue": "htx", "venues-0-priority": 1, field: value}
    assert len(post(admin_client, "feed_change", form, "main")) == 1
    assert not FeedVenue.objects.exists()
    assert Feed.objects.get().title != "New"


def test_venue_stands_once_in_a_feed(admin_client: Client) -> None:
    """F-03: two numbers for one venue would be no order."""
    form = {**FEED, "venues-TOTAL_FORMS": 2, "venues-0-venue": "htx", "venues-0-priority": 1, "venues-1-venue": "htx"}
    answer = admin_client.post(reverse("admin:feeds_feed_change", args=["main"]), form)
    assert "Please correct the duplicate" in text_of(answer.content)
    assert not FeedVenue.objects.exists()
