"""How the balance of an account went, by time."""

from datetime import datetime
from decimal import Decimal
from itertools import accumulate

from positions.models import BalanceSnapshot


def largest_drawdown(account: int, coin: str, from_at: datetime, to_at: datetime) -> Decimal | None:
    """How far the equity in a coin fell below its highest until then, as a share of that; None where it is not known.

    What was paid in or out counts as won or lost.
    """
    snapshots = BalanceSnapshot.objects.filter(account=account, coin=coin, taken_at__gte=from_at, taken_at__lt=to_at)
    known = snapshots.exclude(equity=None).order_by("taken_at", "id").values_list("equity", flat=True)
    curve = [equity for equity in known if equity is not None]
    highest = accumulate(curve, max)
    return max((1 - equity / peak for equity, peak in zip(curve, highest, strict=True) if peak > 0), default=None)
