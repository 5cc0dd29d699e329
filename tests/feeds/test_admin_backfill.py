"""Past trades that staff asks for in the admin, with a real client: a row each, which a worker takes from there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.test import Client

from feeds.models import Backfill, Gap
from feeds.storage import past
from tests.feeds.page import text_of

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
ADD = "/admin/feeds/backfill/add/"
LIST = "/admin/feeds/backfill/"
GAPS = "/admin/feeds/gap/"


def form(venue: str = "binance", since_s: float = 7200, until_s: float = 3600) -> dict[str, Any]:
    since, until = NOW - timedelta(seconds=since_s), NOW - timedelta(seconds=until_s)
    times = {"from_at": since, "to_at": until}
    asked = {
        f"{name}_{part}": f"{at:{how}}"
        for name, at in times.items()
        for part, how in ((0, "%Y-%m-%d"), (1, "%H:%M:%S"))
    }
    return {"venue": venue, "instrument": "BTC-USDT", **asked}


def gap(venue: str, **changes: Any) -> Gap:
    span = {
        "after_id": "100",
        "after_at": NOW - timedelta(hours=2),
        "before_id": "200",
        "before_at": NOW - timedelta(hours=1),
    }
    row = {"venue_id": venue, "instrument_id": "BTC-USDT", "reason": "silent", "noticed_at": NOW}
    return Gap.objects.create(**{**row, **span, "status": Gap.Status.UNREPAIRABLE, **changes})


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_wish_is_a_row_that_a_worker_takes_and_its_page_shows_how_far_it_is(admin_client: Client) -> None:
    """Issue 9, part 7: the page looks again by itself until it is over."""
    answer = admin_client.post(ADD, form())
    row = Backfill.objects.get()
    assert answer.headers["Location"] == f"{LIST}{row.pk}/change/"
    assert (row.from_at, row.to_at, row.is_in_worker) == (NOW - timedelta(hours=2), NOW - timedelta(hours=1), True)
    assert past.wanted() == ["binance"]
    Backfill.objects.update(
        state=Backfill.State.RUNNING, place_id="7", place_at=NOW - timedelta(minutes=75), stored=4711
    )
    shown = admin_client.get(answer.headers["Location"])
    assert shown.headers["Refresh"] == "3"
    assert "75%" in text_of(shown.content)
    assert "4711" in text_of(admin_client.get(LIST).content)
    Backfill.objects.update(state=Backfill.State.DONE)
    assert "Refresh" not in admin_client.get(answer.headers["Location"]).headers


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (form(until_s=-3600), "The end is in the future"),
        (form(since_s=3600, until_s=7200), "The beginning has to be before the end"),
        (form(venue="bybit"), "Select a valid choice"),
        (form(since_s=40 * 86_400), "Trades are kept for 29.5 days"),
    ],
)
def test_wish_that_cannot_be_is_refused_and_why(admin_client: Client, wish: dict[str, Any], sentence: str) -> None:
    """Issue 9, part 7: in the form."""
    assert sentence in text_of(admin_client.post(ADD, wish).content)
    assert not Backfill.objects.exists()


def test_gaps_are_fetched_again_from_trade_to_trade(admin_client: Client) -> None:
    """Issue 9, part 7: from the end where the venue is read backwards; one that cannot be says why."""
    rows = [gap("binance"), gap("okx"), gap("bybit"), gap("htx", before_id="", before_at=None)]
    chosen = {"action": "fetch_again", "_selected_action": [row.pk for row in rows]}
    answer = admin_client.post(GAPS, chosen)
    made = {row.venue_id: (row.place_id, row.to_at) for row in Backfill.objects.all()}
    end = NOW - timedelta(hours=1) + timedelta(milliseconds=1)
    assert made == {"binance": ("99", end), "okx": ("201", end)}
    assert "Bybit offers no past trades" in said(answer)
    assert "It goes on" in said(answer)
    assert "A worker fetches 2" in said(answer)


def test_running_one_is_stopped_by_hand(admin_client: Client) -> None:
    """Issue 9, part 7: what is fetched stays, and no worker goes on with it."""
    admin_client.post(ADD, form())
    chosen = {"action": "stop", "_selected_action": [Backfill.objects.get().pk]}
    assert "Stopped: 1" in said(admin_client.post(LIST, chosen))
    assert past.wanted() == []


@pytest.mark.parametrize("is_in_worker", [True, False], ids=["of a worker", "of the command"])
@pytest.mark.parametrize(
    ("state", "after"), [("failed", "waiting"), ("stopped", "waiting"), ("running", "running"), ("done", "done")]
)
def test_what_failed_or_was_stopped_goes_on_from_its_place(
    admin_client: Client, state: str, after: str, *, is_in_worker: bool
) -> None:
    """Issue 9, part 7: a worker takes it again; what waits, runs or is done is left alone."""
    admin_client.post(ADD, form())
    Backfill.objects.update(
        state=state, place_id="7", place_at=NOW - timedelta(minutes=75), ended_at=NOW, is_in_worker=is_in_worker
    )
    row = Backfill.objects.get()
    answer = admin_client.post(LIST, {"action": "go_on", "_selected_action": [row.pk]})
    row.refresh_from_db()
    is_asked = after == "waiting"
    assert (row.state, row.place_id, row.ended_at) == (after, "7", None if is_asked else NOW)
    assert row.is_in_worker is (is_asked or is_in_worker)
    assert f"A worker goes on with {int(is_asked)}." in said(answer)
    assert past.next_of("binance") == (row.pk if is_asked or (state == "running" and is_in_worker) else None)


def test_right_to_it_is_needed(client: Client) -> None:
    """S11: who only sees the market's tables asks for nothing."""
    user = User.objects.create_user("ada", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("view_gap", "view_backfill")))
    client.force_login(user)
    assert client.get(LIST).status_code == 200
    assert client.post(ADD, form()).status_code == 403
    client.post(GAPS, {"action": "fetch_again", "_selected_action": [gap("binance").pk]})
    assert not Backfill.objects.exists()
    times = {"from_at": NOW - timedelta(hours=2), "to_at": NOW - timedelta(hours=1)}
    row = Backfill.objects.create(
        venue_id="binance", instrument_id="BTC-USDT", **times, asked_at=NOW, state=Backfill.State.FAILED
    )
    client.post(LIST, {"action": "go_on", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.state == "failed"
