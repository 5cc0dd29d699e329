"""What accounts bought and sold of a symbol, by time."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from positions.models import Fill


class FillView(NamedTuple):
    """`side` is buy or sell. `action` is what the venue says that it did to the position."""

    account: int
    side: str
    action: str
    price: Decimal
    size: Decimal
    filled_at: datetime


def fills_between(
    accounts: Collection[int], symbol: str, from_at: datetime, to_at: datetime, count: int
) -> list[FillView]:
    """Those of these accounts; the newest ones, newest first. Whether they may be seen, the caller knows."""
    fills = Fill.objects.filter(account__in=accounts, symbol=symbol, filled_at__gte=from_at, filled_at__lt=to_at)
    return [FillView(*row) for row in fills.values_list(*FillView._fields)[:count]]
