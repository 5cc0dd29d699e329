"""How an account stands now: what it holds and what it has ordered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from feeds.fields import ExactDecimalField
from positions.models.account import Account
from positions.words import MarginMode, OrderKind, OrderSide, OrderStatus, PositionMode, PositionSide


def _choices(words: object) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in words]  # type: ignore[attr-defined]


class Position(models.Model):
    """One side of one symbol. The row stays when the position is closed: `size` 0 and `closed_at` say so.

    A price or a sum that is empty was not told by the venue; it is never a zero of ours.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="positions", verbose_name=_("account"))
    symbol = models.CharField(_("symbol"), max_length=40)
    side = models.CharField(_("side"), max_length=5, choices=_choices(PositionSide))
    margin_mode = models.CharField(_("margin mode"), max_length=8, choices=_choices(MarginMode), blank=True)
    position_mode = models.CharField(_("position mode"), max_length=8, choices=_choices(PositionMode), blank=True)
    margin_coin = models.CharField(_("margin coin"), max_length=16, blank=True)
    size = ExactDecimalField(_("size"))
    entry_price = ExactDecimalField(_("entry price"), null=True)
    mark_price = ExactDecimalField(_("mark price"), null=True)
    liquidation_price = ExactDecimalField(_("liquidation price"), null=True)
    break_even_price = ExactDecimalField(_("break even price"), null=True)
    leverage = ExactDecimalField(_("leverage"), null=True)
    margin = ExactDecimalField(_("margin"), null=True)
    margin_ratio = ExactDecimalField(_("margin ratio"), null=True)
    unrealized_pnl = ExactDecimalField(_("unrealized PnL"), null=True)
    roe = ExactDecimalField(_("ROE"), null=True)
    realized_pnl = ExactDecimalField(_("realized PnL"), null=True)
    funding_fee = ExactDecimalField(_("funding fee"), null=True)
    opened_at = models.DateTimeField(
        _("opened at"), help_text=_("When we first saw it; the venue's own time is the slot's.")
    )
    updated_at = models.DateTimeField(_("updated at"), help_text=_("The venue's time of the last message about it."))
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["account", "symbol", "side"]
        constraints = [
            models.UniqueConstraint(fields=["account", "symbol", "side", "margin_mode"], name="position_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.symbol} {self.side} {self.size:f}"


class Order(models.Model):
    """An order or a trigger order. Its state never goes backwards: see positions/book/open_orders.py."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="orders", verbose_name=_("account"))
    order_id = models.CharField(_("order id"), max_length=64)
    client_id = models.CharField(_("client id"), max_length=64, blank=True)
    symbol = models.CharField(_("symbol"), max_length=40)
    kind = models.CharField(_("kind"), max_length=20, choices=_choices(OrderKind))
    status = models.CharField(_("status"), max_length=16, choices=_choices(OrderStatus))
    side = models.CharField(_("side"), max_length=4, choices=_choices(OrderSide), blank=True)
    position_side = models.CharField(_("position side"), max_length=5, choices=_choices(PositionSide), blank=True)
    action = models.CharField(_("action"), max_length=40, blank=True)
    margin_mode = models.CharField(_("margin mode"), max_length=8, choices=_choices(MarginMode), blank=True)
    price = ExactDecimalField(_("price"), null=True)
    trigger_price = ExactDecimalField(_("trigger price"), null=True)
    take_profit = ExactDecimalField(_("take profit"), null=True)
    stop_loss = ExactDecimalField(_("stop loss"), null=True)
    size = ExactDecimalField(_("size"), null=True)
    filled = ExactDecimalField(_("filled"), null=True)
    average_price = ExactDecimalField(_("average price"), null=True)
    is_reduce_only = models.BooleanField(_("is reduce only"), null=True)
    cancel_reason = models.CharField(_("cancel reason"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created at"), null=True, help_text=_("The venue's time."))
    updated_at = models.DateTimeField(_("updated at"), help_text=_("The venue's time of the last message about it."))

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-updated_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["account", "order_id"], name="order_is_unique")]
        indexes = [
            models.Index(fields=["account", "status", "-updated_at"], name="order_by_status"),
            models.Index(fields=["account", "updated_at", "id"], name="order_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.symbol} {self.kind} {self.status}"
