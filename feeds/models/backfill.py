"""Past trades that a person asked for: from when to when, how far it has come, and what became of it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feeds.models.market import Instrument, Listing, Venue
from feeds.venues import REGISTRY

_NAMED: Final = 20


class Backfill(models.Model):
    """Past trades of an instrument at a venue, from `from_at` up to `to_at`. Its place is kept: a crash costs a page.

    `is_in_worker`: a worker does it; else whoever started the command. `place` is the trade up to which, or down to
    which where the venue is read backwards, all is in the log.
    """

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("waiting")
        RUNNING = "running", gettext_lazy("running")
        DONE = "done", gettext_lazy("done")
        PARTIAL = "partial", gettext_lazy("done as far as the venue has it")
        FAILED = "failed", gettext_lazy("failed")
        STOPPED = "stopped", gettext_lazy("stopped")

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="+", verbose_name=gettext_lazy("venue"))
    instrument = models.ForeignKey(
        Instrument, models.CASCADE, related_name="+", verbose_name=gettext_lazy("instrument")
    )
    from_at = models.DateTimeField(gettext_lazy("from"), help_text=gettext_lazy("By the venue's clock."))
    to_at = models.DateTimeField(gettext_lazy("to"), help_text=gettext_lazy("Trades of this very moment are left out."))
    is_in_worker = models.BooleanField(gettext_lazy("in a worker"), default=True)
    state = models.CharField(gettext_lazy("state"), max_length=8, choices=State.choices, default=State.WAITING)
    place_id = models.CharField(gettext_lazy("place id"), max_length=40, blank=True)
    place_at = models.DateTimeField(gettext_lazy("place at"), null=True)
    stored = models.PositiveIntegerField(
        gettext_lazy("stored"), default=0, help_text=gettext_lazy("Trades that it took to the log; some were known.")
    )
    note = models.CharField(gettext_lazy("note"), max_length=200, blank=True)
    asked_at = models.DateTimeField(gettext_lazy("asked at"))
    ended_at = models.DateTimeField(gettext_lazy("ended at"), null=True)

    class Meta:
        verbose_name = gettext_lazy("backfill")
        verbose_name_plural = gettext_lazy("backfills")
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["state", "asked_at"], name="backfill_by_state"),
            models.Index(fields=["ended_at"], name="backfill_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} @ {self.venue_id}, {self.from_at:%Y-%m-%d %H:%M} – {self.to_at:%Y-%m-%d %H:%M}"

    @property
    def progress(self) -> float:
        """From 0 to 1, by time."""
        if self.state in (self.State.DONE, self.State.PARTIAL):
            return 1.0
        if self.place_at is None:
            return 0.0
        is_backward = REGISTRY[self.venue_id].rest.is_read_backward
        done = self.to_at - self.place_at if is_backward else self.place_at - self.from_at
        return min(1.0, max(0.0, done / (self.to_at - self.from_at)))

    def clean(self) -> None:
        """Also says why nothing would come of it."""
        if not (self.venue_id and self.instrument_id and self.from_at and self.to_at):
            return
        if problem := self._objection(datetime.now(UTC)):
            raise ValidationError(problem)

    def _objection(self, now: datetime) -> str:
        venue = REGISTRY[self.venue_id]
        listed = Listing.objects.filter(venue=self.venue_id).order_by("instrument").values_list("instrument", flat=True)
        reach = venue.rest.reach
        told = {"venue": venue.name, "instrument": self.instrument_id, "reach": str(reach)}
        if self.instrument_id not in listed:
            told["listed"] = ", ".join(listed[:_NAMED]) or _("nothing")
            return _("%(venue)s does not list %(instrument)s here. It lists: %(listed)s.") % told
        if not reach.has_past:
            return _("%(venue)s offers no past trades: it gives %(reach)s.") % told
        if problem := objection_to_times(self.from_at, self.to_at, now):
            return problem
        if reach.days and self.from_at < now - timedelta(days=reach.days):
            told["day"] = f"{now - timedelta(days=reach.days):%Y-%m-%d %H:%M}"
            return _("%(venue)s gives %(reach)s: begin after %(day)s UTC.") % told
        kept = timedelta(seconds=settings.TRADE_RETENTION_S)
        if self.from_at < now - kept:
            told |= {"days": f"{kept / timedelta(days=1):.1f}", "day": f"{now - kept:%Y-%m-%d %H:%M}"}
            return _("Trades are kept for %(days)s days (TRADE_RETENTION_S): begin after %(day)s UTC.") % told
        return ""


def objection_to_times(from_at: datetime, to_at: datetime, now: datetime) -> str:
    """What is wrong at every venue; "" for nothing."""
    if from_at >= to_at:
        return _("The beginning has to be before the end.")
    if to_at > now:
        return _("The end is in the future: what is not traded yet cannot be fetched.")
    return ""
