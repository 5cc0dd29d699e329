"""Venues in the admin: order, line, limits, circuit breaker, how they are now, and a test of the connection."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from feeds import address, queries
from feeds.admin.rejected import URL_NAME, rejected_frames, rejected_link
from feeds.connection.trial import try_venues
from feeds.forms import VenueForm
from feeds.models import Venue
from feeds.storage import keys, latest
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown
from feeds.venues import REGISTRY

RENEWS: Final = "Saving a change of these renews the venue's session within 5 seconds."


class VenueAdmin(admin.ModelAdmin):
    form = VenueForm
    list_display = ["name", "priority", "is_enabled"]
    list_editable = ["priority", "is_enabled"]
    sortable_by = ["name", "priority", "is_enabled"]
    readonly_fields = ["code", "rejected"]
    actions = ["test_connections"]
    fieldsets = [
        (None, {"fields": ["code", "name", "priority", "is_enabled", "silent_after", "rejected"]}),
        ("Line", {"fields": ["url", "ping_every", "messages_allowed"], "description": RENEWS}),
        ("Limits of all workers", {"fields": ["connects_allowed"]}),
        ("Circuit breaker", {"fields": ["circuit", "circuit_reason", "circuit_until"]}),
    ]
    rejected = staticmethod(rejected_link)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Venue]:
        # A row from another version may have no dialect in this one.
        return super().get_queryset(request).filter(code__in=REGISTRY)

    def has_add_permission(self, request: HttpRequest) -> bool:
        # A venue needs a dialect; its row is made when one is installed.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Venue | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Venue, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        # Who looks at the history wants to know what was said of it, and not only that something was.
        if any(field.startswith("circuit") for field in form.changed_data):
            self.log_change(request, obj, f"Circuit breaker: {_spoken(obj)}")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        now = _Now()
        return [*self.list_display, now.state, now.last_data, now.last_reason, "rejected"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("rejected/", view(rejected_frames), name=URL_NAME),
            path("<path:code>/test/", view(self.test_connection), name="feeds_venue_test"),
            *super().get_urls(),
        ]

    @admin.action(description="Test connection", permissions=["change"])
    def test_connections(self, request: HttpRequest, venues: QuerySet[Venue]) -> HttpResponse:
        return self._show_test(request, venues)

    @method_decorator(require_POST)
    def test_connection(self, request: HttpRequest, code: str) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return self._show_test(request, [get_object_or_404(self.get_queryset(request), code=code)])

    def _show_test(self, request: HttpRequest, venues: Iterable[Venue]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Connection test",
            "opts": self.opts,
            "trials": try_venues(venue.code for venue in venues),
        }
        return TemplateResponse(request, "admin/connection_test.html", context)


def _spoken(venue: Venue) -> str:
    if not venue.circuit or venue.circuit_until is None:
        return "it decides again"
    return f"{venue.circuit} until {venue.circuit_until:%Y-%m-%d %H:%M} UTC: {venue.circuit_reason}"


class _Now:
    """The columns of the list that change by themselves, read once for all of its rows."""

    def __init__(self) -> None:
        names = [keys.feed(feed) for feed in queries.enabled_feeds()]
        self._feeds = [latest.decode_feed(state) for state in _read(names) if state]
        self._reasons = queries.last_reasons()

    @admin.display(description="state now")
    def state(self, venue: Venue) -> str:
        if venue.url and address.objection(venue.url, REGISTRY[venue.code]):
            return "address refused"
        found = self._states(venue)
        if len(found) == 1:
            return next(iter(found.values())).state
        return ", ".join(f"{feed}: {state.state}" for feed, state in found.items()) or "not known"

    @admin.display(description="last data", empty_value="none lately")
    def last_data(self, venue: Venue) -> str | None:
        seen_at = max((state.seen_at for state in self._states(venue).values() if state.seen_at), default=None)
        if seen_at is None:
            return None
        seconds = max(0.0, (datetime.now(UTC) - seen_at).total_seconds())
        return f"{seconds:.1f} s ago" if seconds < 60 else f"{timesince(seen_at)} ago"

    @admin.display(description="last reason", empty_value="")
    def last_reason(self, venue: Venue) -> str | None:
        return self._reasons.get(venue.code)

    def _states(self, venue: Venue) -> dict[str, latest.VenueState]:
        """How each feed that knows the venue sees it, by the feed's name."""
        return {feed.feed: state for feed in self._feeds for state in feed.venues if state.venue == venue.code}


@async_to_sync
async def _read(keys: list[str]) -> list[bytes | None]:
    store = LiveStore()
    try:
        return await store.read(keys)
    except RedisDown:
        # The list is needed then as well.
        return []
    finally:
        await store.close()
