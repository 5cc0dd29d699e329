"""What happened to an account: changes of positions, fills, balances, differences found, and the line itself."""

from django.db import models

from feeds.fields import ExactDecimalField
from positions.models.account import Account
from positions.words import OrderSide, PositionSide


class PositionChange(models.Model):
    """A position was opened, grew, shrank, was closed, or changed in another way that people should see."""

    class Kind(models.TextChoices):
        OPENED = "opened"
        INCREASED = "increased"
        REDUCED = "reduced"
        CLOSED = "closed"
        CHANGED = "changed"

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    symbol = models.CharField(max_length=40)
    side = models.CharField(max_length=5, choices=[(each.value, each.value) for each in PositionSide])
    kind = models.CharField(max_length=9, choices=Kind.choices)
    source = models.CharField(max_length=8, help_text="stream, or rest where the stream had not told it")
    size_before = ExactDecimalField(null=True)
    size_after = ExactDecimalField(null=True)
    entry_price = ExactDecimalField(null=True)
    detail = models.JSONField(default=dict, blank=True)
    happened_at = models.DateTimeField(help_text="The venue's time where it tells one, else ours.")
    noticed_at = models.DateTimeField(help_text="Our clock.")

    class Meta:
        ordering = ["-noticed_at", "-id"]
        indexes = [models.Index(fields=["account", "-noticed_at"], name="position_change_by_time")]

    def __str__(self) -> str:
        return f"{self.account}: {self.symbol} {self.side} {self.kind}"


class Fill(models.Model):
    """One execution, stored once however often the venue tells it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="fills")
    fill_id = models.CharField(max_length=64)
    order_id = models.CharField(max_length=64)
    symbol = models.CharField(max_length=40)
    side = models.CharField(max_length=4, choices=[(each.value, each.value) for each in OrderSide])
    action = models.CharField(max_length=40, blank=True)
    price = ExactDecimalField()
    size = ExactDecimalField()
    fee = ExactDecimalField(null=True, help_text="Negative when paid.")
    fee_coin = models.CharField(max_length=16, blank=True)
    pnl = ExactDecimalField(null=True)
    is_maker = models.BooleanField(null=True)
    filled_at = models.DateTimeField(help_text="The venue's time.")

    class Meta:
        ordering = ["-filled_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["account", "fill_id", "order_id"], name="fill_is_unique")]
        indexes = [models.Index(fields=["account", "-filled_at"], name="fill_by_time")]

    def __str__(self) -> str:
        return f"{self.account}: {self.symbol} {self.side} {self.size:f} at {self.price:f}"


class BalanceSnapshot(models.Model):
    """How much there was of a coin; a row when it changed, at most one a minute."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    coin = models.CharField(max_length=16, blank=True, help_text="Empty: the whole unified account, in US dollars.")
    equity = ExactDecimalField(null=True)
    available = ExactDecimalField(null=True)
    frozen = ExactDecimalField(null=True)
    usdt_equity = ExactDecimalField(null=True)
    unrealized_pnl = ExactDecimalField(null=True)
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-taken_at", "-id"]
        indexes = [models.Index(fields=["account", "coin", "-taken_at"], name="balance_by_time")]

    def __str__(self) -> str:
        return f"{self.account}: {self.coin} {self.equity}"


class Drift(models.Model):
    """Stream and REST said different things of the same subject. `settled_at`: since when they agree again."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    subject = models.CharField(max_length=80, help_text="Such as: position BTCUSDT long, or: order 123")
    field = models.CharField(max_length=20)
    stream_value = models.CharField(max_length=60, blank=True)
    rest_value = models.CharField(max_length=60, blank=True)
    resolution = models.CharField(max_length=200, blank=True, help_text="What was done.")
    noticed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-noticed_at", "-id"]
        indexes = [models.Index(fields=["account", "-noticed_at"], name="drift_by_time")]

    def __str__(self) -> str:
        return f"{self.account}: {self.subject} {self.field}"


class StreamEvent(models.Model):
    """The line of an account entered a state, or something happened on it. Secrets are never in here."""

    class Level(models.TextChoices):
        INFO = "info"
        WARNING = "warning"
        ERROR = "error"

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    level = models.CharField(max_length=7, choices=Level.choices, default=Level.INFO)
    kind = models.CharField(max_length=20, help_text="state or alert")
    state = models.CharField(max_length=16, blank=True)
    text = models.CharField(max_length=200)
    detail = models.JSONField(default=dict, blank=True)
    happened_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, help_text="Of an alert: since when it is over.")

    class Meta:
        ordering = ["-happened_at", "-id"]
        indexes = [models.Index(fields=["account", "-happened_at"], name="stream_event_by_time")]

    def __str__(self) -> str:
        return f"{self.account}: {self.text}"
