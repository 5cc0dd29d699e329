"""What happened to an account: changes of positions, fills, balances, differences found, and the line itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from feeds.fields import ExactDecimalField
from positions.models.account import Account
from positions.words import OrderSide, PositionSide


class PositionChange(models.Model):
    """A position was opened, grew, shrank, was closed, or changed in another way that people should see."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        INCREASED = "increased", _("increased")
        REDUCED = "reduced", _("reduced")
        CLOSED = "closed", _("closed")
        CHANGED = "changed", _("changed")

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("account"))
    symbol = models.CharField(_("symbol"), max_length=40)
    side = models.CharField(_("side"), max_length=5, choices=[(each.value, each.value) for each in PositionSide])
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    source = models.CharField(
        _("source"), max_length=8, help_text=_("stream, or rest where the stream had not told it")
    )
    size_before = ExactDecimalField(_("size before"), null=True)
    size_after = ExactDecimalField(_("size after"), null=True)
    entry_price = ExactDecimalField(_("entry price"), null=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    happened_at = models.DateTimeField(_("happened at"), help_text=_("The venue's time where it tells one, else ours."))
    noticed_at = models.DateTimeField(_("noticed at"), help_text=_("Our clock."))

    class Meta:
        verbose_name = _("position change")
        verbose_name_plural = _("position changes")
        ordering = ["-noticed_at", "-id"]
        indexes = [models.Index(fields=["account", "-noticed_at"], name="position_change_by_time")]

    def __str__(self) -> str:
        return f"{self.account}: {self.symbol} {self.side} {self.kind}"


class Fill(models.Model):
    """One execution, stored once however often the venue tells it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="fills", verbose_name=_("account"))
    fill_id = models.CharField(_("fill id"), max_length=64)
    order_id = models.CharField(_("order id"), max_length=64)
    symbol = models.CharField(_("symbol"), max_length=40)
    side = models.CharField(_("side"), max_length=4, choices=[(each.value, each.value) for each in OrderSide])
    action = models.CharField(_("action"), max_length=40, blank=True)
    price = ExactDecimalField(_("price"))
    size = ExactDecimalField(_("size"))
    fee = ExactDecimalField(_("fee"), null=True, help_text=_("Negative when paid."))
    fee_coin = models.CharField(_("fee coin"), max_length=16, blank=True)
    pnl = ExactDecimalField(_("PnL"), null=True)
    is_maker = models.BooleanField(_("is maker"), null=True)
    filled_at = models.DateTimeField(_("filled at"), help_text=_("The venue's time."))

    class Meta:
        verbose_name = _("fill")
        verbose_name_plural = _("fills")
        ordering = ["-filled_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["account", "fill_id", "order_id"], name="fill_is_unique")]
        indexes = [models.Index(fields=["account", "-filled_at"], name="fill_by_time")]

    def __str__(self) -> str:
        return f"{self.account}: {self.symbol} {self.side} {self.size:f} @ {self.price:f}"


class BalanceSnapshot(models.Model):
    """How much there was of a coin; a row when it changed, at most one a minute."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("account"))
    coin = models.CharField(
        _("coin"), max_length=16, blank=True, help_text=_("Empty: the whole unified account, in US dollars.")
    )
    equity = ExactDecimalField(_("equity"), null=True)
    available = ExactDecimalField(_("available"), null=True)
    frozen = ExactDecimalField(_("frozen"), null=True)
    usdt_equity = ExactDecimalField(_("usdt equity"), null=True)
    unrealized_pnl = ExactDecimalField(_("unrealized PnL"), null=True)
    taken_at = models.DateTimeField(_("taken at"))

    class Meta:
        verbose_name = _("balance snapshot")
        verbose_name_plural = _("balance snapshots")
        ordering = ["-taken_at", "-id"]
        indexes = [
            models.Index(fields=["account", "coin", "-taken_at"], name="balance_by_time"),
            models.Index(fields=["account", "taken_at", "id"], name="balance_of_all_coins"),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.coin} {self.equity}"


class Drift(models.Model):
    """Stream and REST said different things of the same subject. `settled_at`: since when they agree again."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("account"))
    subject = models.CharField(
        _("subject"), max_length=80, help_text=_("Such as: position BTCUSDT long, or: order 123")
    )
    field = models.CharField(_("field"), max_length=20)
    stream_value = models.CharField(_("stream value"), max_length=60, blank=True)
    rest_value = models.CharField(_("REST value"), max_length=60, blank=True)
    resolution = models.CharField(_("resolution"), max_length=200, blank=True, help_text=_("What was done."))
    noticed_at = models.DateTimeField(_("noticed at"))
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        verbose_name = _("drift")
        verbose_name_plural = _("drifts")
        ordering = ["-noticed_at", "-id"]
        indexes = [models.Index(fields=["account", "-noticed_at"], name="drift_by_time")]

    def __str__(self) -> str:
        return f"{self.account}: {self.subject} {self.field}"


class StreamEvent(models.Model):
    """The line of an account entered a state, or something happened on it. Secrets are never in here."""

    class Level(models.TextChoices):
        INFO = "info", _("info")
        WARNING = "warning", _("warning")
        ERROR = "error", _("error")

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("account"))
    level = models.CharField(_("level"), max_length=7, choices=Level.choices, default=Level.INFO)
    kind = models.CharField(_("kind"), max_length=20, help_text=_("state or alert"))
    state = models.CharField(_("state"), max_length=16, blank=True)
    text = models.CharField(_("text"), max_length=200)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    happened_at = models.DateTimeField(_("happened at"))
    cleared_at = models.DateTimeField(_("cleared at"), null=True, help_text=_("Of an alert: since when it is over."))

    class Meta:
        verbose_name = _("stream event")
        verbose_name_plural = _("stream events")
        ordering = ["-happened_at", "-id"]
        indexes = [models.Index(fields=["account", "-happened_at"], name="stream_event_by_time")]

    def __str__(self) -> str:
        return f"{self.account}: {self.text}"
