"""Venues in the admin: order, line, limits, circuit breaker, how they are now, and a test of the connection."""

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from feeds.admin import help
from feeds.admin.base import ModelAdmin
from feeds.admin.columns import VenueColumns
from feeds.admin.now import Now
from feeds.admin.rejected import URL_NAME, rejected_frames, rejected_link
from feeds.connection.trial import try_venues
from feeds.forms import VenueForm
from feeds.models import Venue
from feeds.venues import REGISTRY

CIRCUIT: Final = ("circuit", "circuit_reason", "circuit_until")
RENEWS: Final = gettext_lazy("Saving a change of these renews the venue's session within 5 seconds.")


class VenueAdmin(ModelAdmin):
    form = VenueForm
    list_display = ["name", "priority", "is_enabled"]
    list_editable = ["priority", "is_enabled"]
    ordering_field = "priority"
    change_form_outer_before_template = "admin/feeds/venue/now.html"
    sortable_by = ["name", "priority", "is_enabled"]
    readonly_fields = ["code", "rejected"]
    actions = ["test_connections"]
    fieldsets = [
        (None, {"fields": ["code", "name", "priority", "is_enabled", "silent_after", "rejected"]}),
        (gettext_lazy("Line"), {"fields": ["url", "ping_every", "messages_allowed"], "description": RENEWS}),
        (gettext_lazy("Limits of all workers"), {"fields": ["connects_allowed"]}),
        (gettext_lazy("Circuit breaker"), {"fields": CIRCUIT}),
    ]
    rejected = staticmethod(rejected_link)
    help_texts = help.VENUE
    dangers = help.VENUE_DANGERS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Venue]:
        # A row from another version may have no dialect in this one.
        return super().get_queryset(request).filter(code__in=REGISTRY)

    def has_add_permission(self, request: HttpRequest) -> bool:
        # A venue needs a dialect; its row is made when one is installed.
        return False

    def has_change_permission(self, request: HttpRequest, obj: Venue | None = None) -> bool:
        """The circuit of one venue, and no list of all of them, is also for who has the right to that alone."""
        return super().has_change_permission(request, obj) or (obj is not None and _may_override(request))

    def has_test_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) or _may_override(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Venue | None = None) -> list[str]:
        if self.has_change_permission(request):
            return self.readonly_fields
        fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        return [field for field in fields if field not in CIRCUIT]

    def has_delete_permission(self, request: HttpRequest, obj: Venue | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Venue, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        # Who looks at the history wants to know what was said of it, and not only that something was.
        if any(field.startswith("circuit") for field in form.changed_data):
            self.log_change(request, obj, _("Circuit breaker: %(word)s") % {"word": _spoken(obj)})

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        now = VenueColumns(Now())
        return [*self.list_display, now.state, now.last_data, now.last_reason, now.circuit, "rejected"]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        told = {"states": partial(Now().of_venue, object_id), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, told)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("rejected/", view(rejected_frames), name=URL_NAME),
            path("<path:code>/test/", view(self.test_connection), name="feeds_venue_test"),
            *super().get_urls(),
        ]

    @admin.action(description=gettext_lazy("Test connection"), permissions=["test"])
    def test_connections(self, request: HttpRequest, venues: QuerySet[Venue]) -> HttpResponse:
        return self._show_test(request, venues)

    @method_decorator(require_POST)
    def test_connection(self, request: HttpRequest, code: str) -> HttpResponse:
        if not self.has_test_permission(request):
            raise PermissionDenied
        return self._show_test(request, [get_object_or_404(self.get_queryset(request), code=code)])

    def _show_test(self, request: HttpRequest, venues: Iterable[Venue]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Connection test"),
            "opts": self.opts,
            "trials": try_venues(venue.code for venue in venues),
        }
        return TemplateResponse(request, "admin/connection_test.html", context)


def _may_override(request: HttpRequest) -> bool:
    return request.user.has_perm("feeds.override_circuit")


def _spoken(venue: Venue) -> str:
    if not venue.circuit or venue.circuit_until is None:
        return _("it decides again")
    told = {"word": venue.circuit, "time": f"{venue.circuit_until:%Y-%m-%d %H:%M}", "why": venue.circuit_reason}
    return _("%(word)s until %(time)s UTC: %(why)s") % told
