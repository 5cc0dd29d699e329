"""What was heard, and what was missed: trades, the bars made of them, and the gaps between them."""

from decimal import Decimal

from django.db import models
from django.db.models.functions import Now

from feeds.fields import ExactDecimalField
from feeds.models.market import Instrument, Venue
from feeds.types import Side


class Trade(models.Model):
    """One execution. The venue's id makes it unique, so the same trade may arrive any number of times."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="+")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+")
    trade_id = models.CharField(max_length=40)
    price = ExactDecimalField()
    size = ExactDecimalField()
    side = models.CharField(max_length=4, choices=[(side.value, side.value) for side in Side])
    traded_at = models.DateTimeField(help_text="The venue's clock.")
    received_at = models.DateTimeField(help_text="Our clock, when the frame came.")
    quarantine = models.CharField(max_length=16, blank=True, help_text="Why it is no price; empty for one that is.")
    recorded_at = models.DateTimeField(db_default=Now(), help_text="The database's clock.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "instrument", "trade_id"], name="trade_is_unique"),
        ]
        # History is asked for by instrument and time, newest first.
        indexes = [
            models.Index(fields=["instrument", "-traded_at", "-id"], name="trade_by_time"),
            # Where a venue stopped, and the trades of one of its minutes.
            models.Index(fields=["venue", "instrument", "-traded_at"], name="trade_by_venue_and_time"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.side} {self.size} at {self.price}"


class Candle(models.Model):
    """One minute of one instrument at one venue, made of its stored trades. Longer bars are made of these."""

    class Status(models.TextChoices):
        FORMING = "forming"
        CLOSED = "closed"
        REPAIRED = "repaired", "repaired: trades came after it was closed"
        PARTIAL = "partial", "partial: some seconds of it are missing"

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="+")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+")
    start_at = models.DateTimeField()
    # Empty until the first time that it was made, and for a minute of which only the gap is known.
    open = ExactDecimalField(null=True)
    high = ExactDecimalField(null=True)
    low = ExactDecimalField(null=True)
    close = ExactDecimalField(null=True)
    volume = ExactDecimalField(default=Decimal(0))
    trades = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.FORMING)
    gap_seconds = models.FloatField(default=0.0)
    is_due = models.BooleanField(default=True, help_text="Trades or gaps changed since it was made.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "instrument", "start_at"], name="candle_is_unique"),
        ]
        indexes = [
            models.Index(fields=["instrument", "-start_at"], name="candle_by_time"),
            models.Index(fields=["start_at"], condition=models.Q(is_due=True), name="candle_due"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} at {self.venue_id}, {self.start_at:%Y-%m-%d %H:%M}"


class Gap(models.Model):
    """A time without data of one instrument at one venue: strictly between two trades that we have.

    Without `before` it goes on. `is_wanted` is False where we chose not to listen: such a one is not repaired.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        REPAIRED = "repaired"
        UNREPAIRABLE = "unrepairable"

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="gaps")
    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="gaps")
    after_id = models.CharField(max_length=40)
    after_at = models.DateTimeField(help_text="The venue's time of the last trade before it.")
    before_id = models.CharField(max_length=40, blank=True)
    before_at = models.DateTimeField(null=True, help_text="The venue's time of the first trade after it.")
    reason = models.CharField(max_length=200)
    is_wanted = models.BooleanField(default=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    filled = models.PositiveIntegerField(default=0, help_text="Trades that its repair brought.")
    note = models.CharField(max_length=200, blank=True, help_text="What became of its repair.")
    noticed_at = models.DateTimeField(help_text="Our clock.")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-noticed_at"]
        indexes = [
            models.Index(fields=["venue", "instrument", "-after_at"], name="gap_by_time"),
            models.Index(fields=["status", "-noticed_at"], name="gap_by_status"),
            models.Index(fields=["venue", "instrument"], condition=models.Q(before_id=""), name="gap_that_goes_on"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} at {self.venue_id} after {self.after_at:%Y-%m-%d %H:%M:%S}"
