"""What is marked on a chart: of the feed for everybody, of accounts for those who may see them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard.chart.marks import MOST, marks_between
from feeds.models import FailoverEvent, Feed, Gap, Instrument
from feeds.queries import shown_feed
from positions.models import Account, Fill
from positions.queries.visible import visible_accounts
from tests.dashboard.conftest import Visitor
from tests.dashboard.samples import NOON, SILENT

MINUTE = timedelta(minutes=1)


def marks(client: Client, from_at: datetime = NOON, to_at: datetime = NOON + 60 * MINUTE) -> dict[str, Any]:
    query = {"from": f"{from_at.timestamp():.0f}", "to": f"{to_at.timestamp():.0f}"}
    answer: dict[str, Any] = client.get("/chart/BTC-USDT/marks.json", query).json()
    return answer


def switch(at: datetime, instrument: str | None = None, feed: str = "main") -> None:
    fields = {"feed_id": feed, "instrument_id": instrument, "from_venue_id": "binance", "to_venue_id": "htx"}
    times = {"started_at": at, "finished_at": at}
    FailoverEvent.objects.create(reason=SILENT, last_price_age=3.1, stale_seconds=0.5, **fields, **times)


def gap(after_at: datetime, before_at: datetime | None, **fields: Any) -> None:
    span = {"after_at": after_at, "before_at": before_at, "before_id": "2" if before_at else ""}
    given = {"instrument_id": "BTC-USDT", "after_id": "1", "reason": SILENT, "noticed_at": after_at, **span, **fields}
    Gap.objects.create(venue_id="binance", **given)


def fill(account: Account, at: datetime, price: str, symbol: str = "BTCUSDT") -> None:
    known = {"fill_id": f"{account.pk} {price}", "order_id": "1", "side": "buy", "size": Decimal("0.150")}
    Fill.objects.create(account=account, symbol=symbol, price=Decimal(price), filled_at=at, **known)


def test_switches_of_this_price_are_marked(visitor: Visitor) -> None:
    """F-25: from where to where and why, in the time that is asked for; not those of other prices."""
    Feed.objects.create(name="other", title="Other")
    Instrument.objects.create(code="ETH-USDT", base="ETH", quote="USDT")
    for at in (NOON - MINUTE, NOON + MINUTE, NOON + 60 * MINUTE):
        switch(at)
    switch(NOON + 2 * MINUTE, "BTC-USDT")
    switch(NOON + 3 * MINUTE, "ETH-USDT")
    switch(NOON + 4 * MINUTE, feed="other")
    switch(NOON + MINUTE, "BTC-USDT")
    later, first = marks(visitor.client)["switches"]
    assert (later["at"], later["instrument"]) == ("2026-03-01T12:02:00Z", "BTC-USDT")
    assert (first["from_venue"], first["to_venue"]) == ("Binance", "HTX")
    assert (first["text"], first["detail"]) == ("Binance went silent for 3 s", SILENT)


def test_gaps_are_marked_with_what_became_of_them(visitor: Visitor) -> None:
    """V-10: open, repaired or lost; one that began before, and one that goes on; none that nobody wanted."""
    gap(NOON + 5 * MINUTE, NOON + 6 * MINUTE, status="repaired", filled=12, note="filled")
    gap(NOON + 4 * MINUTE, None)
    gap(NOON - MINUTE, NOON + MINUTE, status="unrepairable", note="the venue has no more of it")
    gap(NOON - timedelta(days=9), None)
    gap(NOON - 3 * MINUTE, NOON - 2 * MINUTE)
    gap(NOON + 2 * MINUTE, NOON + 3 * MINUTE, is_wanted=False)
    told = marks(visitor.client)["gaps"]
    assert [(each["status"], each["filled"], each["text"]) for each in told] == [
        ("repaired", 12, "filled"),
        ("open", 0, SILENT),
        ("unrepairable", 0, "the venue has no more of it"),
        ("open", 0, SILENT),
    ]
    assert told[0]["venue"] == "Binance"
    assert [each["to_at"] is None for each in told] == [False, True, False, True]


def test_fills_are_shown_to_those_who_may_see_the_account(
    visitor: Visitor, ada_account: Account, bob_account: Account
) -> None:
    """F-25: a stranger's account never shows; one of a group does as soon as, and as long as, it is the user's."""
    fill(ada_account, NOON, "64000.10")
    fill(ada_account, NOON + MINUTE, "3000", symbol="ETHUSDT")
    fill(bob_account, NOON, "64001")
    (own,) = marks(visitor.client)["fills"]
    assert own == {
        "at": "2026-03-01T12:00:00Z",
        "account": "Of Ada",
        "side": "buy",
        "price": "64000.10",
        "size": "0.150",
    }
    desk = Group.objects.create(name="desk")
    bob_account.groups.add(desk)
    visitor.user.groups.add(desk)
    assert {each["account"] for each in marks(visitor.client)["fills"]} == {"Of Ada", "SECRET OF BOB"}
    visitor.user.groups.clear()
    assert "SECRET OF BOB" not in str(marks(visitor.client))


def test_staff_see_no_fills_of_others(visitor: Visitor, bob_account: Account) -> None:
    """F-25: who administers the site is not the owner of its accounts."""
    fill(bob_account, NOON, "64001")
    User.objects.filter(pk=visitor.user.pk).update(is_staff=True)
    assert marks(visitor.client)["fills"] == []


def test_marks_cost_the_same_however_many_there_are(
    visitor: Visitor, ada_account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """F-25: the newest ones of each kind, and a word that there are more."""
    feed, accounts = shown_feed(), visible_accounts(visitor.user)
    assert feed
    for number in range(MOST + 2):
        fill(ada_account, NOON + timedelta(seconds=number), str(number + 1))
    gap(NOON, NOON + MINUTE)
    switch(NOON)
    with django_assert_num_queries(4):
        told = marks_between(feed, "BTC-USDT", accounts, NOON, NOON + 60 * MINUTE)
    assert (len(told.fills), told.fills[0].price, told.is_cut) == (MOST, str(MOST + 2), True)


@pytest.mark.parametrize(
    "what",
    [
        "DOGE-USDT/marks.json?from=1",
        "BTC-USDT/marks.json",
        "BTC-USDT/marks.json?from=1e9",
        "BTC-USDT/marks.json?from=-62135596800",
    ],
)
def test_what_is_not_shown_has_no_marks(visitor: Visitor, what: str) -> None:
    """F-25: no instrument that no feed has, and no time that is none."""
    assert visitor.client.get(f"/chart/{what}").status_code == 404


def test_a_stranger_is_told_nothing(client: Client, db: None) -> None:
    """F-25: without a login there are no marks."""
    assert client.get("/chart/BTC-USDT/marks.json?from=1").status_code == 302
