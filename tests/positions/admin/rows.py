"""One row of everything that workers write of an account."""

from datetime import UTC, datetime
from decimal import Decimal

from positions.models import (
    Account,
    BalanceSnapshot,
    Drift,
    Fill,
    Order,
    Position,
    PositionChange,
    StreamEvent,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_rows(account: Account) -> None:
    """One of each kind."""
    held = {"account": account, "symbol": "BTCUSDT"}
    Position.objects.create(**held, side="long", size=Decimal("0.10"), opened_at=AT, updated_at=AT)
    PositionChange.objects.create(**held, side="long", kind="opened", source="stream", happened_at=AT, noticed_at=AT)
    Order.objects.create(**held, order_id="1", kind="limit", status="live", updated_at=AT)
    Fill.objects.create(**held, fill_id="1", order_id="1", side="buy", price=Decimal(60000), size=1, filled_at=AT)
    BalanceSnapshot.objects.create(account=account, coin="USDT", equity=Decimal("12.50"), taken_at=AT)
    Drift.objects.create(account=account, subject="position BTCUSDT long", field="size", noticed_at=AT)
    StreamEvent.objects.create(account=account, kind="state", text="Connected.", happened_at=AT)
