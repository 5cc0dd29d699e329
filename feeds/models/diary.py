"""What became of the line, and who holds it: transitions, failovers, alerts, uptime, leases."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from feeds.models.market import Feed, Instrument, Venue


class FailoverEvent(models.Model):
    """The displayed price moved from one venue to another: of the whole feed, or of one instrument."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="failovers", verbose_name=_("feed"))
    instrument = models.ForeignKey(
        Instrument, models.CASCADE, null=True, related_name="+", verbose_name=_("instrument")
    )
    from_venue = models.ForeignKey(Venue, models.CASCADE, related_name="+", verbose_name=_("from venue"))
    to_venue = models.ForeignKey(Venue, models.CASCADE, related_name="+", verbose_name=_("to venue"))
    reason = models.CharField(_("reason"), max_length=200)
    started_at = models.DateTimeField(_("started at"), help_text=_("The last data of the venue that was left."))
    finished_at = models.DateTimeField(_("finished at"), help_text=_("When the new venue's price was shown."))
    last_price_age = models.FloatField(_("last price age"), help_text=_("Seconds between the two."))
    stale_seconds = models.FloatField(
        _("stale seconds"), default=0.0, help_text=_("How long of that the price was stale: what it cost.")
    )
    evidence = models.JSONField(
        _("evidence"), default=dict, help_text=_("What was known of each venue when it was decided.")
    )

    class Meta:
        verbose_name = _("failover event")
        verbose_name_plural = _("failover events")
        ordering = ["-finished_at", "-id"]
        indexes = [
            models.Index(fields=["feed", "-finished_at"], name="failover_by_time"),
            models.Index(fields=["finished_at", "id"], name="failover_of_all"),
        ]

    def __str__(self) -> str:
        return f"{self.from_venue_id} → {self.to_venue_id}"


class Lease(models.Model):
    """Who runs a resource. `fence` rises with every change of holder, and a lower one is refused everywhere."""

    resource = models.CharField(_("resource"), max_length=64, primary_key=True)
    holder = models.CharField(_("holder"), max_length=80, blank=True)
    fence = models.PositiveBigIntegerField(_("fence"), default=0)
    expires_at = models.DateTimeField(_("expires at"), null=True)
    boot = models.CharField(
        _("boot"),
        max_length=36,
        blank=True,
        help_text=_("The machine's start, that its seconds count from; empty: by the clock."),
    )

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")
        ordering = ["resource"]

    def __str__(self) -> str:
        return self.resource


class Alert(models.Model):
    """Something that a person should know. It is over when `cleared_at` is set."""

    feed = models.ForeignKey(Feed, models.CASCADE, null=True, related_name="alerts", verbose_name=_("feed"))
    kind = models.SlugField(_("kind"), max_length=32)
    subject = models.CharField(
        _("subject"), max_length=80, blank=True, help_text=_("The venue or instrument that it is about.")
    )
    text = models.CharField(_("text"), max_length=200)
    raised_at = models.DateTimeField(_("raised at"))
    cleared_at = models.DateTimeField(_("cleared at"), null=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-raised_at"]
        indexes = [
            models.Index(fields=["feed", "-raised_at"], name="alert_by_time"),
            models.Index(fields=["raised_at", "id"], name="alert_of_all"),
        ]

    def __str__(self) -> str:
        return self.text


class HealthSnapshot(models.Model):
    """How a part of the system was: one row per transition, and samples in between.

    Transitions: `venue:main:binance`, `redis:primary`, `worker:host:pid`, `lease:feed:main`, `database`. Samples:
    `feed:main` with everything that its loop sees, `retention` with what each run of it deleted.
    """

    subject = models.CharField(_("subject"), max_length=96)
    state = models.CharField(_("state"), max_length=16)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    is_transition = models.BooleanField(
        _("is transition"), help_text=_("Its state was another one before. Else it is a sample.")
    )
    detail = models.JSONField(_("detail"), default=dict)
    source = models.CharField(_("source"), max_length=80, help_text=_("The process that saw it."))
    taken_at = models.DateTimeField(_("taken at"))

    class Meta:
        verbose_name = _("health snapshot")
        verbose_name_plural = _("health snapshots")
        ordering = ["-taken_at", "-id"]
        indexes = [
            models.Index(fields=["subject", "-taken_at"], name="health_by_subject"),
            models.Index(fields=["taken_at", "id"], name="health_of_all"),
            models.Index(fields=["taken_at"], condition=models.Q(is_transition=True), name="health_transition"),
            models.Index(fields=["taken_at"], condition=models.Q(is_transition=False), name="health_sample"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"


class UptimeMinute(models.Model):
    """Of how many seconds of a minute it is known how a subject did, and in how many it was well.

    A minute without a row is unknown, and counts as down. Subjects: `feed:main`, `venue:main:binance`, `redis`,
    `database`, `account:1`.
    """

    subject = models.CharField(_("subject"), max_length=64)
    minute_at = models.DateTimeField(_("minute at"))
    known = models.PositiveSmallIntegerField(_("known"))
    good = models.PositiveSmallIntegerField(_("good"))

    class Meta:
        verbose_name = _("uptime minute")
        verbose_name_plural = _("uptime minutes")
        constraints = [models.UniqueConstraint(fields=["subject", "minute_at"], name="uptime_minute_is_unique")]
        indexes = [models.Index(fields=["minute_at"], name="uptime_minute_by_time")]

    def __str__(self) -> str:
        return f"{self.subject} {self.minute_at:%Y-%m-%d %H:%M}"
