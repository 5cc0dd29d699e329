"""What was heard, and what was missed: trades, the bars made of them, the gaps between them, and quotes."""

from decimal import Decimal

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feeds.fields import ExactDecimalField
from feeds.models.market import Instrument, Venue
from feeds.types import Side


class Trade(models.Model):
    """One execution. The venue's id makes it unique, so the same trade may arrive any number of times."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="+", verbose_name=_("venue"))
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+", verbose_name=_("instrument"))
    trade_id = models.CharField(_("trade id"), max_length=40)
    price = ExactDecimalField(_("price"))
    size = ExactDecimalField(_("size"))
    side = models.CharField(_("side"), max_length=4, choices=[(side.value, side.value) for side in Side])
    traded_at = models.DateTimeField(_("traded at"), help_text=_("The venue's clock."))
    received_at = models.DateTimeField(_("received at"), help_text=_("Our clock, when the frame came."))
    quarantine = models.CharField(
        _("quarantine"), max_length=16, blank=True, help_text=_("Why it is no price; empty for one that is.")
    )
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), help_text=_("The database's clock."))

    class Meta:
        verbose_name = _("trade")
        verbose_name_plural = _("trades")
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
        return f"{self.instrument_id} {self.side} {self.size} @ {self.price}"


class Quote(models.Model):
    """Best bid and ask at one venue: the last that was believed of a second, and none of a second without."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="+", db_index=False, verbose_name=_("venue"))
    instrument = models.ForeignKey(
        Instrument, models.PROTECT, related_name="+", db_index=False, verbose_name=_("instrument")
    )
    bid = ExactDecimalField(_("bid"))
    bid_size = ExactDecimalField(_("bid size"))
    ask = ExactDecimalField(_("ask"))
    ask_size = ExactDecimalField(_("ask size"))
    quoted_at = models.DateTimeField(_("quoted at"), null=True, help_text=_("The venue's clock, where it is told."))
    received_at = models.DateTimeField(_("received at"), help_text=_("Our clock, when the frame came."))
    second_at = models.DateTimeField(_("second at"), help_text=_("The second of our clock that it stands for."))

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        # Also finds those of one venue by time.
        constraints = [
            models.UniqueConstraint(fields=["venue", "instrument", "second_at"], name="quote_is_unique"),
        ]
        indexes = [models.Index(fields=["instrument", "-received_at", "-id"], name="quote_by_time")]

    def __str__(self) -> str:
        return f"{self.instrument_id} @ {self.venue_id}: {self.bid} / {self.ask}"


class Candle(models.Model):
    """One minute of one instrument at one venue, made of its stored trades. Longer bars are made of these."""

    class Status(models.TextChoices):
        FORMING = "forming", _("forming")
        CLOSED = "closed", _("closed")
        REPAIRED = "repaired", _("repaired: trades came after it was closed")
        PARTIAL = "partial", _("partial: some seconds of it are missing")

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="+", verbose_name=_("venue"))
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+", verbose_name=_("instrument"))
    start_at = models.DateTimeField(_("start at"))
    # Empty until the first time that it was made, and for a minute of which only the gap is known.
    open = ExactDecimalField(pgettext_lazy("of a bar", "open"), null=True)
    high = ExactDecimalField(_("high"), null=True)
    low = ExactDecimalField(_("low"), null=True)
    close = ExactDecimalField(pgettext_lazy("of a bar", "close"), null=True)
    volume = ExactDecimalField(_("volume"), default=Decimal(0))
    trades = models.PositiveIntegerField(_("trades"), default=0)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.FORMING)
    gap_seconds = models.FloatField(_("gap seconds"), default=0.0)
    is_due = models.BooleanField(_("is due"), default=True, help_text=_("Trades or gaps changed since it was made."))

    class Meta:
        verbose_name = _("candle")
        verbose_name_plural = _("candles")
        constraints = [
            models.UniqueConstraint(fields=["venue", "instrument", "start_at"], name="candle_is_unique"),
        ]
        indexes = [
            models.Index(fields=["instrument", "-start_at"], name="candle_by_time"),
            models.Index(fields=["start_at"], condition=models.Q(is_due=True), name="candle_due"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} @ {self.venue_id}, {self.start_at:%Y-%m-%d %H:%M}"


class Gap(models.Model):
    """A time without data of one instrument at one venue: strictly between two trades that we have.

    Without `before` it goes on. `is_wanted` is False where we chose not to listen: such a one is not repaired.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        REPAIRED = "repaired", _("repaired")
        UNREPAIRABLE = "unrepairable", _("unrepairable")

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="gaps", verbose_name=_("venue"))
    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="gaps", verbose_name=_("instrument"))
    after_id = models.CharField(_("after id"), max_length=40)
    after_at = models.DateTimeField(_("after at"), help_text=_("The venue's time of the last trade before it."))
    before_id = models.CharField(_("before id"), max_length=40, blank=True)
    before_at = models.DateTimeField(
        _("before at"), null=True, help_text=_("The venue's time of the first trade after it.")
    )
    reason = models.CharField(_("reason"), max_length=200)
    is_wanted = models.BooleanField(_("is wanted"), default=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.OPEN)
    filled = models.PositiveIntegerField(_("filled"), default=0, help_text=_("Trades that its repair brought."))
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("What became of its repair."))
    noticed_at = models.DateTimeField(_("noticed at"), help_text=_("Our clock."))
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        ordering = ["-noticed_at"]
        indexes = [
            models.Index(fields=["venue", "instrument", "-after_at"], name="gap_by_time"),
            models.Index(fields=["after_at", "id"], name="gap_of_all"),
            models.Index(fields=["status", "-noticed_at"], name="gap_by_status"),
            models.Index(fields=["venue", "instrument"], condition=models.Q(before_id=""), name="gap_that_goes_on"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} @ {self.venue_id}, {self.after_at:%Y-%m-%d %H:%M:%S}"
