"""The rows of market data: who may be listened to, what was heard, and what became of the line."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Now

from feeds import address, terms
from feeds.fields import ExactDecimalField
from feeds.types import Side
from feeds.venues import REGISTRY

INSTRUMENT_CODE = RegexValidator(r"\A[A-Z0-9]{1,12}-[A-Z0-9]{1,12}\Z", "Write it as BASE-QUOTE, such as BTC-USDT.")


class Venue(models.Model):
    """An exchange. The dialect that speaks to it is the module of the same code in feeds.venues."""

    code = models.CharField(max_length=16, primary_key=True)
    name = models.CharField(max_length=40)
    priority = models.PositiveSmallIntegerField(
        help_text="1 is asked first. A change takes effect within 5 seconds.",
        validators=[MinValueValidator(1)],
    )
    is_enabled = models.BooleanField("enabled", default=True)
    silent_after = models.FloatField(
        "silent after (s)",
        default=3.0,
        validators=[MinValueValidator(0.5)],
        help_text="Seconds without market data after which the venue is left.",
    )
    url = models.CharField("address", max_length=200, blank=True)
    # Empty is the venue's own number in all of these.
    ping_every = models.FloatField("ping every (s)", null=True, blank=True)
    connects_allowed = models.PositiveIntegerField(
        "connections allowed", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    messages_allowed = models.PositiveIntegerField(
        "messages allowed", null=True, blank=True, validators=[MinValueValidator(1)]
    )

    class Meta:
        ordering = ["priority", "code"]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Also holds what an admin asks for against what the venue allows."""
        super().clean_fields(exclude)
        found = {field: text for field, text in self._objections().items() if text and field not in (exclude or ())}
        if found:
            raise ValidationError(found)

    def _objections(self) -> dict[str, str]:
        dialect = REGISTRY.get(self.code)
        if dialect is None:
            return {}
        return {
            "url": address.objection(self.url, dialect) if self.url else "",
            "ping_every": terms.ping_objection(self.ping_every, dialect),
            "connects_allowed": terms.rate_objection(self.connects_allowed, dialect.connects, dialect.name),
            "messages_allowed": terms.rate_objection(self.messages_allowed, dialect.messages, dialect.name),
        }


class Instrument(models.Model):
    """What is traded, in our spelling: BTC-USDT."""

    code = models.CharField(max_length=24, primary_key=True, validators=[INSTRUMENT_CODE], help_text="BASE-QUOTE")
    base = models.CharField(max_length=12, editable=False)
    quote = models.CharField(max_length=12, editable=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.base, self.quote = self.code.split("-")
        super().save(*args, **kwargs)


class Listing(models.Model):
    """An instrument at a venue, in the venue's spelling."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="listings")
    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="listings")
    symbol = models.CharField(max_length=32)
    is_enabled = models.BooleanField("enabled", default=True)

    class Meta:
        ordering = ["venue", "instrument"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "instrument"], name="one_listing_per_venue_and_instrument"),
            models.UniqueConstraint(fields=["venue", "symbol"], name="one_listing_per_venue_and_symbol"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} as {self.symbol} at {self.venue_id}"


class Feed(models.Model):
    """Instruments that are followed at one venue at a time: the best enabled one that delivers."""

    name = models.SlugField(max_length=32, primary_key=True)
    title = models.CharField(max_length=60)
    instruments = models.ManyToManyField(Instrument, related_name="feeds")
    is_enabled = models.BooleanField("enabled", default=True)
    failback_after = models.FloatField(
        "fail back after (s)",
        default=300.0,
        validators=[MinValueValidator(1)],
        help_text="Seconds at a lesser venue after which a better one is tried again.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title


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
    recorded_at = models.DateTimeField(db_default=Now(), help_text="The database's clock.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "instrument", "trade_id"], name="trade_is_unique"),
        ]
        # History is asked for by instrument and time, newest first.
        indexes = [models.Index(fields=["instrument", "-traded_at", "-id"], name="trade_by_time")]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.side} {self.size} at {self.price}"


class VenueHealth(models.Model):
    """A venue entered a state: one row per transition, kept for history."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="venue_health")
    venue = models.ForeignKey(Venue, models.CASCADE, related_name="health")
    state = models.CharField(max_length=16)
    reason = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-entered_at"]
        indexes = [models.Index(fields=["venue", "-entered_at"], name="venue_health_by_time")]
        verbose_name_plural = "venue health"

    def __str__(self) -> str:
        return f"{self.venue_id} {self.state}"


class FailoverEvent(models.Model):
    """The displayed price moved from one venue to another."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="failovers")
    from_venue = models.ForeignKey(Venue, models.CASCADE, related_name="+")
    to_venue = models.ForeignKey(Venue, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200)
    started_at = models.DateTimeField(help_text="When the old venue was left.")
    finished_at = models.DateTimeField(help_text="When the new venue sent its first data.")
    last_price_age = models.FloatField(help_text="Seconds without data when the new venue's first data came.")

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.from_venue_id} to {self.to_venue_id}"


class Lease(models.Model):
    """Who runs a resource. `fence` rises with every change of holder, and a lower one is refused everywhere."""

    resource = models.CharField(max_length=64, primary_key=True)
    holder = models.CharField(max_length=80, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["resource"]

    def __str__(self) -> str:
        return self.resource
