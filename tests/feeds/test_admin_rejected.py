"""What staff sees of rejected frames, with a real client and a real Redis."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from feeds.admin.rejected import SHOWN
from feeds.storage.latest import RejectedFrame
from feeds.storage.live import LiveStore
from tests.feeds.samples import NOON
from tests.redis_server import RedisServer
from tests.waiting import Stopwatch

pytestmark = pytest.mark.django_db


def keep(*frames: RejectedFrame) -> None:
    """Puts frames where a worker puts them."""

    async def put() -> None:
        store = LiveStore()
        await store.keep_rejected(frames)
        await store.close()

    async_to_sync(put)()


def frame(number: int, venue: str = "binance", reason: str = "json", excerpt: str = "") -> RejectedFrame:
    """Received at so many seconds after noon."""
    return RejectedFrame(venue, reason, excerpt or f"frame-{number}", NOON.replace(second=number % 60))


def page(client: Client, **asked: str) -> str:
    answer = client.get(reverse("admin:feeds_venue_rejected"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_frames_of_all_venues_are_listed_newest_first(redis_server: str, admin_client: Client) -> None:
    """F-16: with time, venue, reason and excerpt."""
    keep(frame(1), frame(3, "htx", "gzip"), frame(2, "okx", "price_bounds"))
    html = page(admin_client)
    assert html.index("frame-3") < html.index("frame-2") < html.index("frame-1")
    for shown in ("12:00:03", "<td>HTX</td>", "<td>gzip</td>"):
        assert shown in html


def test_they_are_filtered_by_venue_and_by_reason(redis_server: str, admin_client: Client) -> None:
    """One venue's, those of one reason, or both; a reason that nobody has is told as such."""
    keep(frame(1), frame(2, "htx"), frame(3, "htx", "gzip"))
    found = {
        asked: [
            number for number in (1, 2, 3) if f"frame-{number}" in page(admin_client, venue=asked[0], reason=asked[1])
        ]
        for asked in (("htx", ""), ("", "json"), ("htx", "json"), ("nowhere", ""))
    }
    assert list(found.values()) == [[2, 3], [1, 2], [2], [1, 2, 3]]
    assert "Nothing of this kind was rejected" in page(admin_client, reason="<b>")


def test_hostile_excerpt_is_text(redis_server: str, admin_client: Client) -> None:
    """E34 S9: markup of a venue is shown, not obeyed."""
    keep(frame(1, excerpt="<script>alert(1)</script>"))
    html = page(admin_client)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html


def test_page_is_bounded_and_says_so(redis_server: str, admin_client: Client) -> None:
    """The newest are enough to see what is wrong."""
    keep(*(frame(number) for number in range(SHOWN + 50)))
    html = page(admin_client)
    assert html.count('class="excerpt"') == SHOWN
    assert f"The newest {SHOWN} of {SHOWN + 50}" in html


def test_empty_page_says_what_it_means(redis_server: str, admin_client: Client) -> None:
    """Nothing to see is good news, or nothing ran."""
    assert "Nothing was rejected in the last hour" in page(admin_client)


def test_page_without_redis_says_so(admin_client: Client, settings: Settings) -> None:
    """R1: not an error page, and not a false all-clear."""
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    html = page(admin_client)
    assert "The store of live data does not answer" in html
    assert "Nothing was rejected" not in html


def test_page_does_not_wait_for_a_redis_that_hangs(admin_client: Client, own_redis: RedisServer) -> None:
    """R2: half a second, then it says that there is no answer."""
    own_redis.freeze()
    watch = Stopwatch()
    assert "The store of live data does not answer" in page(admin_client)
    assert watch.seconds() < 2
    own_redis.thaw()


def test_venues_lead_to_their_rejected_frames(redis_server: str, admin_client: Client) -> None:
    """From the list and from each venue's page."""
    link = f'href="{reverse("admin:feeds_venue_rejected")}?venue=htx"'
    for name, args in (("changelist", []), ("change", ["htx"])):
        assert link in admin_client.get(reverse(f"admin:feeds_venue_{name}", args=args)).content.decode()


def test_only_staff_who_may_see_venues_sees_them(redis_server: str, client: Client) -> None:
    """A stranger is sent to the login, staff without the permission is refused."""
    address = reverse("admin:feeds_venue_rejected")
    assert client.get(address).status_code == 302
    ada = User.objects.create_user("ada", password="the sea is calm tonight", is_staff=True)
    client.force_login(ada)
    assert client.get(address).status_code == 403
    ada.user_permissions.add(Permission.objects.get(codename="view_venue"))
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405
