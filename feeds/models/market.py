"""Who may be listened to, for what: what admins edit."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from feeds import address, override, spelling, terms
from feeds.venues import REGISTRY

INSTRUMENT_CODE = RegexValidator(r"\A[A-Z0-9]{1,12}-[A-Z0-9]{1,12}\Z", _("Write it as BASE-QUOTE, such as BTC-USDT."))


class Venue(models.Model):
    """An exchange. The dialect that speaks to it is the module of the same code in feeds.venues."""

    code = models.CharField(_("code"), max_length=16, primary_key=True)
    name = models.CharField(_("name"), max_length=40)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        help_text=_("1 is asked first. A change takes effect within 5 seconds."),
        validators=[MinValueValidator(1)],
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)
    silent_after = models.FloatField(
        _("silent after (s)"),
        default=3.0,
        validators=[MinValueValidator(0.5), MaxValueValidator(60)],
        help_text=_(
            "Seconds without market data after which the venue is left, at least: a quiet market has more time."
        ),
    )
    url = models.CharField(_("address"), max_length=200, blank=True)
    # Empty is the venue's own number in all of these.
    ping_every = models.FloatField(_("ping every (s)"), null=True, blank=True)
    connects_allowed = models.PositiveIntegerField(
        _("connections allowed"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    messages_allowed = models.PositiveIntegerField(
        _("messages allowed"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    circuit = models.CharField(
        _("circuit"),
        max_length=8,
        blank=True,
        choices=[("open", _("open: leave it alone")), ("closed", _("closed: use it whatever it did"))],
        help_text=_("Overrides the circuit breaker until the time below."),
    )
    circuit_reason = models.CharField(_("why"), max_length=200, blank=True)
    circuit_until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["priority", "code"]
        permissions = [("override_circuit", "Can override the circuit breaker of a venue, and nothing else of it")]

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
            **{field: gettext(text) for field, text in self._override_objections().items()},
        }

    def _override_objections(self) -> dict[str, str]:
        return override.objections(self.circuit, self.circuit_reason, self.circuit_until, datetime.now(UTC))


class Instrument(models.Model):
    """What is traded, in our spelling: BTC-USDT."""

    code = models.CharField(
        _("code"), max_length=24, primary_key=True, validators=[INSTRUMENT_CODE], help_text=_("BASE-QUOTE")
    )
    base = models.CharField(_("base"), max_length=12, editable=False)
    quote = models.CharField(_("quote"), max_length=12, editable=False)

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.base, self.quote = self.code.split("-")
        super().save(*args, **kwargs)


class Listing(models.Model):
    """An instrument at a venue, in the venue's spelling."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="listings", verbose_name=_("venue"))
    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="listings", verbose_name=_("instrument"))
    symbol = models.CharField(_("symbol"), max_length=32)
    is_enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        ordering = ["venue", "instrument"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "instrument"], name="one_listing_per_venue_and_instrument"),
            models.UniqueConstraint(fields=["venue", "symbol"], name="one_listing_per_venue_and_symbol"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} = {self.symbol} @ {self.venue_id}"

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Also refuses a symbol of another currency: prices of different ones are not mixed."""
        super().clean_fields(exclude)
        dialect = REGISTRY.get(self.venue_id)
        if dialect is None or not self.instrument_id or "symbol" in (exclude or ()):
            return
        if refusal := spelling.objection(self.symbol, self.instrument.base, self.instrument.quote, dialect):
            raise ValidationError({"symbol": refusal})


class Feed(models.Model):
    """Instruments that are followed together: their price is that of the best venue that delivers."""

    name = models.SlugField(_("name"), max_length=32, primary_key=True)
    title = models.CharField(_("title"), max_length=60)
    instruments = models.ManyToManyField(Instrument, related_name="feeds", verbose_name=_("instruments"))
    is_enabled = models.BooleanField(_("enabled"), default=True)
    failback_after = models.FloatField(
        _("fail back after (s)"),
        default=300.0,
        validators=[MinValueValidator(1), MaxValueValidator(86_400)],
        help_text=_("Seconds of good data that a better venue must show after it failed, to have the price back."),
    )
    pause_between = models.FloatField(
        _("pause between venues (s)"),
        default=3.0,
        validators=[MinValueValidator(0), MaxValueValidator(60)],
        help_text=_(
            "Seconds after a venue was left until another is connected in its place, while a third one delivers."
        ),
    )
    standbys = models.PositiveSmallIntegerField(
        _("standbys"),
        default=2,
        validators=[MaxValueValidator(6)],
        help_text=_("Venues that are connected and recorded beside the one whose price is shown."),
    )

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title


class FeedVenue(models.Model):
    """What one feed makes of a venue, where that differs from the venue's own row."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="venues", verbose_name=_("feed"))
    venue = models.ForeignKey(Venue, models.CASCADE, related_name="+", verbose_name=_("venue"))
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty is the venue's own."),
    )
    is_never_used = models.BooleanField(_("never use"), default=False)

    class Meta:
        verbose_name = _("feed venue")
        verbose_name_plural = _("feed venues")
        ordering = ["feed", "priority", "venue"]
        constraints = [models.UniqueConstraint(fields=["feed", "venue"], name="one_row_per_feed_and_venue")]

    def __str__(self) -> str:
        return f"{self.feed_id}: {self.venue_id}"
