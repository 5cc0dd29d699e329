"""Past trades that a person asks for, in the admin: a form, the progress, and gaps that are fetched again."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feeds.admin.read_only import ReadOnlyAdmin
from feeds.models import Backfill, Gap, Venue
from feeds.storage import past
from feeds.venues import REGISTRY

RIGHT: Final = "feeds.add_backfill"
LOOK_AGAIN_S: Final = 3
AT_ONCE: Final = 200
# The end of a gap is a trade that we have; others of the same moment may be missing.
_PAST_THE_END: Final = timedelta(milliseconds=1)
_MOVING: Final = (Backfill.State.WAITING, Backfill.State.RUNNING)


class BackfillAdmin(ReadOnlyAdmin):
    list_display = ["asked_at", "venue", "instrument", "from_at", "to_at", "state", "done", "stored", "note"]
    list_filter = ["state", "venue", "instrument", "asked_at"]
    actions = ["stop", "go_on"]
    help_texts = {
        "venue": gettext_lazy("Only those that offer past trades."),
        "from_at": gettext_lazy("By the venue's clock, UTC. Trades that are known already are left out."),
        "to_at": gettext_lazy("UTC, not in the future; trades of this very moment are left out."),
    }

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(RIGHT))

    def has_stop_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    @admin.display(description=gettext_lazy("progress"))
    def done(self, row: Backfill) -> str:
        return f"{row.progress:.0%}"

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """A new one is a wish; what becomes of it the worker says."""
        if obj is None:
            return ["venue", "instrument", "from_at", "to_at"]
        return [*super().get_fields(request, obj), "done"]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        return ["done"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "venue":
            offering = [code for code, venue in REGISTRY.items() if venue.rest.reach.has_past]
            kwargs["queryset"] = Venue.objects.filter(code__in=offering)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Backfill, form: ModelForm, change: bool) -> None:
        obj.asked_at = datetime.now(UTC)
        # No more than a row: workers look for those, and no page waits for a broker.
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: Backfill, post_url_continue: str | None = None) -> HttpResponse:
        self.message_user(request, _("A worker fetches it. This page says how far it is."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:feeds_backfill_change", args=[obj.pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page looks again by itself while there is something to see."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        if Backfill.objects.filter(pk=object_id, state__in=_MOVING).exists():
            answer["Refresh"] = str(LOOK_AGAIN_S)
        return answer

    @admin.action(description=gettext_lazy("Stop"), permissions=["stop"])
    def stop(self, request: HttpRequest, rows: QuerySet[Backfill]) -> None:
        """What is fetched stays; the page that is on its way comes still."""
        stopped = rows.filter(state__in=_MOVING).update(state=Backfill.State.STOPPED, ended_at=datetime.now(UTC))
        self.message_user(request, _("Stopped: %(count)s. What is fetched stays.") % {"count": stopped})

    @admin.action(description=gettext_lazy("Go on with these"), permissions=["stop"])
    def go_on(self, request: HttpRequest, rows: QuerySet[Backfill]) -> None:
        """A worker does, also with those of the command: whoever asks here watches no terminal."""
        asked = sum(past.ask_again(number, is_in_worker=True) for number in rows.values_list("pk", flat=True))
        self.message_user(request, _("A worker goes on with %(count)s. What is fetched stays.") % {"count": asked})


def fetch_again(modeladmin: Any, request: HttpRequest, gaps: Iterable[Gap]) -> None:
    """A wish for each gap, from trade to trade."""
    asked = 0
    for gap in gaps:
        try:
            row = _of_gap(gap)
        except ValidationError as error:
            modeladmin.message_user(request, f"{gap}: {' '.join(error.messages)}", messages.WARNING)
            continue
        row.save()
        asked += 1
    if asked:
        text = _("A worker fetches %(count)s. Their progress is under Backfills.") % {"count": asked}
        modeladmin.message_user(request, text, messages.SUCCESS)


def _of_gap(gap: Gap) -> Backfill:
    if gap.before_at is None:
        raise ValidationError(_("It goes on: wait until the venue is heard again."))
    if gap.status == Gap.Status.REPAIRED:
        raise ValidationError(_("Nothing is missing there any more."))
    row = Backfill(venue=gap.venue, instrument=gap.instrument, from_at=gap.after_at, asked_at=datetime.now(UTC))
    row.to_at = gap.before_at + _PAST_THE_END
    row.clean()
    rest = REGISTRY[gap.venue_id].rest
    if rest.reach.by == "id":
        # So that the answer begins with the trade that we have: else others may be left out, too.
        beside = int(gap.before_id) + 1 if rest.is_read_backward else int(gap.after_id) - 1
        row.place_id, row.place_at = str(beside), gap.before_at if rest.is_read_backward else gap.after_at
    return row
