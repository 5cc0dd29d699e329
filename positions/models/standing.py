"""How an account stands now: what it holds and what it has ordered."""

from django.db import models

from feeds.fields import ExactDecimalField
from positions.models.account import Account
from positions.words import MarginMode, OrderKind, OrderSide, OrderStatus, PositionMode, PositionSide


def _choices(words: object) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in words]  # type: ignore[attr-defined]


class Position(models.Model):
    """One side of one symbol. The row stays when the position is closed: `size` 0 and `closed_at` say so.

    A price or a sum that is empty was not told by the venue; it is never a zero of ours.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="positions")
    symbol = models.CharField(max_length=40)
    side = models.CharField(max_length=5, choices=_choices(PositionSide))
    margin_mode = models.CharField(max_length=8, choices=_choices(MarginMode), blank=True)
    position_mode = models.CharField(max_length=8, choices=_choices(PositionMode), blank=True)
    margin_coin = models.CharField(max_length=16, blank=True)
    size = ExactDecimalField()
    entry_price = ExactDecimalField(null=True)
    mark_price = ExactDecimalField(null=True)
    liquidation_price = ExactDecimalField(null=True)
    break_even_price = ExactDecimalField(null=True)
    leverage = ExactDecimalField(null=True)
    margin = ExactDecimalField(null=True)
    margin_ratio = ExactDecimalField(null=True)
    unrealized_pnl = ExactDecimalField(null=True)
    roe = ExactDecimalField(null=True)
    realized_pnl = ExactDecimalField(null=True)
    funding_fee = ExactDecimalField(null=True)
    opened_at = models.DateTimeField(help_text="When we first saw it; the venue's own time is the slot's.")
    updated_at = models.DateTimeField(help_text="The venue's time of the last message about it.")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["account", "symbol", "side"]
        constraints = [
            models.UniqueConstraint(fields=["account", "symbol", "side", "margin_mode"], name="position_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.symbol} {self.side} {self.size:f}"


class Order(models.Model):
    """An order or a trigger order. Its state never goes backwards: see positions/book/open_orders.py."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="orders")
    order_id = models.CharField(max_length=64)
    client_id = models.CharField(max_length=64, blank=True)
    symbol = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=_choices(OrderKind))
    status = models.CharField(max_length=16, choices=_choices(OrderStatus))
    side = models.CharField(max_length=4, choices=_choices(OrderSide), blank=True)
    position_side = models.CharField(max_length=5, choices=_choices(PositionSide), blank=True)
    action = models.CharField(max_length=40, blank=True)
    margin_mode = models.CharField(max_length=8, choices=_choices(MarginMode), blank=True)
    price = ExactDecimalField(null=True)
    trigger_price = ExactDecimalField(null=True)
    take_profit = ExactDecimalField(null=True)
    stop_loss = ExactDecimalField(null=True)
    size = ExactDecimalField(null=True)
    filled = ExactDecimalField(null=True)
    average_price = ExactDecimalField(null=True)
    is_reduce_only = models.BooleanField(null=True)
    cancel_reason = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(null=True, help_text="The venue's time.")
    updated_at = models.DateTimeField(help_text="The venue's time of the last message about it.")

    class Meta:
        ordering = ["-updated_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["account", "order_id"], name="order_is_unique")]
        indexes = [models.Index(fields=["account", "status", "-updated_at"], name="order_by_status")]

    def __str__(self) -> str:
        return f"{self.account}: {self.symbol} {self.kind} {self.status}"
