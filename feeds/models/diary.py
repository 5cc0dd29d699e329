"""What became of the line, and who holds it: transitions, failovers, alerts, uptime, leases."""

from django.db import models

from feeds.models.market import Feed, Instrument, Venue


class FailoverEvent(models.Model):
    """The displayed price moved from one venue to another: of the whole feed, or of one instrument."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="failovers")
    instrument = models.ForeignKey(Instrument, models.CASCADE, null=True, related_name="+")
    from_venue = models.ForeignKey(Venue, models.CASCADE, related_name="+")
    to_venue = models.ForeignKey(Venue, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200)
    started_at = models.DateTimeField(help_text="The last data of the venue that was left.")
    finished_at = models.DateTimeField(help_text="When the new venue's price was shown.")
    last_price_age = models.FloatField(help_text="Seconds between the two.")
    stale_seconds = models.FloatField(default=0.0, help_text="How long of that the price was stale: what it cost.")
    evidence = models.JSONField(default=dict, help_text="What was known of each venue when it was decided.")

    class Meta:
        ordering = ["-finished_at", "-id"]
        indexes = [models.Index(fields=["feed", "-finished_at"], name="failover_by_time")]

    def __str__(self) -> str:
        return f"{self.from_venue_id} to {self.to_venue_id}"


class Lease(models.Model):
    """Who runs a resource. `fence` rises with every change of holder, and a lower one is refused everywhere."""

    resource = models.CharField(max_length=64, primary_key=True)
    holder = models.CharField(max_length=80, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    boot = models.CharField(
        max_length=36,
        blank=True,
        help_text="The machine's start, that its seconds count from; empty: by the clock.",
    )

    class Meta:
        ordering = ["resource"]

    def __str__(self) -> str:
        return self.resource


class Alert(models.Model):
    """Something that a person should know. It is over when `cleared_at` is set."""

    feed = models.ForeignKey(Feed, models.CASCADE, null=True, related_name="alerts")
    kind = models.SlugField(max_length=32)
    subject = models.CharField(max_length=80, blank=True, help_text="The venue or instrument that it is about.")
    text = models.CharField(max_length=200)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-raised_at"]
        indexes = [models.Index(fields=["feed", "-raised_at"], name="alert_by_time")]

    def __str__(self) -> str:
        return self.text


class HealthSnapshot(models.Model):
    """How a part of the system was: one row per transition, and samples in between.

    Transitions: `venue:main:binance`, `redis:primary`, `worker:host:pid`, `lease:feed:main`, `database`. Samples:
    `feed:main` with everything that its loop sees, `retention` with what each run of it deleted.
    """

    subject = models.CharField(max_length=96)
    state = models.CharField(max_length=16)
    reason = models.CharField(max_length=200, blank=True)
    is_transition = models.BooleanField(help_text="Its state was another one before. Else it is a sample.")
    detail = models.JSONField(default=dict)
    source = models.CharField(max_length=80, help_text="The process that saw it.")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-taken_at", "-id"]
        indexes = [
            models.Index(fields=["subject", "-taken_at"], name="health_by_subject"),
            models.Index(fields=["taken_at"], condition=models.Q(is_transition=True), name="health_transition"),
            models.Index(fields=["taken_at"], condition=models.Q(is_transition=False), name="health_sample"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"


class UptimeMinute(models.Model):
    """Of how many seconds of a minute it is known how a subject did, and in how many it was well.

    A minute without a row is unknown, and counts as down. Subjects: `feed:main`, `venue:main:binance`, `redis`,
    `database`.
    """

    subject = models.CharField(max_length=64)
    minute_at = models.DateTimeField()
    known = models.PositiveSmallIntegerField()
    good = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "minute_at"], name="uptime_minute_is_unique")]
        indexes = [models.Index(fields=["minute_at"], name="uptime_minute_by_time")]

    def __str__(self) -> str:
        return f"{self.subject} {self.minute_at:%Y-%m-%d %H:%M}"
