"""The admin's page of rejected frames: what the venues sent in the last hour that was not taken, newest first."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Final

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from feeds.models import Venue
from feeds.storage import latest
from feeds.storage.latest import RejectedFrame
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown

URL_NAME: Final = "feeds_venue_rejected"
SHOWN: Final = 200


@admin.display(description=gettext_lazy("rejected frames"))
def rejected_link(venue: Venue) -> str:
    """A column of the venues' list, and a field of each venue's page."""
    address = f"{reverse(f'admin:{URL_NAME}')}?{urlencode({'venue': venue.code})}"
    return format_html('<a href="{}">{}</a>', address, _("Last hour"))


@require_safe
@permission_required("feeds.view_venue", raise_exception=True)
def rejected_frames(request: HttpRequest) -> HttpResponse:
    """Of one venue or all, with one reason or any. Redis may be away: the page says so."""
    names = dict(Venue.objects.values_list("code", "name"))
    venue, reason = request.GET.get("venue", ""), request.GET.get("reason", "")
    frames = _read(names if venue not in names else [venue])
    found = [frame for frame in frames or () if reason in ("", frame.reason)]
    context = {
        **admin.site.each_context(request),
        "title": _("Rejected frames"),
        "opts": Venue._meta,
        "venues": names,
        "venue": venue,
        "reasons": sorted({frame.reason for frame in frames or ()} | {reason} - {""}),
        "reason": reason,
        "is_down": frames is None,
        "count": len(found),
        "frames": [(names[frame.venue], frame) for frame in found[:SHOWN]],
        "a_second": latest.REJECTED_A_SECOND,
        "of_a_venue": latest.REJECTED_KEPT,
    }
    return render(request, "admin/rejected_frames.html", context)


def _read(venues: Iterable[str]) -> list[RejectedFrame] | None:
    """Newest first; None while Redis does not answer."""
    try:
        frames = [latest.decode_rejected(frame) for frame in async_to_sync(_fetch)(venues)]
    except RedisDown:
        return None
    return sorted(frames, key=attrgetter("received_at"), reverse=True)


async def _fetch(venues: Iterable[str]) -> list[bytes]:
    store = LiveStore()
    try:
        return await store.read_rejected(venues)
    finally:
        await store.close()
