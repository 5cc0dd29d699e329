"""An account as a worker tells of it, for tests of what shows it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from msgspec import structs

from feeds.storage import keys
from feeds.storage.latest import Stamped
from feeds.storage.live import LiveStore
from positions.latest import (
    AccountAlert,
    AccountState,
    BalanceLine,
    Check,
    DebugEntry,
    DebugState,
    OrderLine,
    OrdersState,
    PnlCheck,
    PositionLine,
    PositionsState,
    Target,
)

# Whatever a worker writes of an account.
State = PositionsState | OrdersState | AccountState | DebugState
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LONG = PositionLine(
    symbol="BTCUSDT",
    side="long",
    size=Decimal("0.150"),
    margin_mode="crossed",
    position_mode="hedge",
    margin_coin="USDT",
    entry_price=Decimal("64000.10"),
    mark_price=Decimal("64231.4"),
    break_even_price=Decimal("64077.2"),
    liquidation_price=Decimal("58100"),
    liquidation_percent=Decimal("9.546"),
    liquidation_atr=Decimal("12.41"),
    risk="calm",
    leverage=Decimal(10),
    margin=Decimal("960.0015"),
    margin_ratio=Decimal("0.0123"),
    pnl=Decimal("34.695"),
    pnl_percent=Decimal("0.3614"),
    roe_percent=Decimal("3.614"),
    venue_pnl=Decimal("33.1"),
    pnl_check=PnlCheck(ours=Decimal("34.7"), venues=Decimal("33.1")),
    realized_pnl=Decimal("-1.5"),
    funding_fee=Decimal("-0.12"),
    funding_rate=Decimal("0.0001"),
    next_funding_at=NOON + timedelta(hours=4),
    take_profits=[Target(order_id="1", price=Decimal(66000), distance_percent=Decimal("2.753"))],
    stop_losses=[
        Target(order_id="2", price=Decimal(64500), size=Decimal("0.05"), is_breached=True),
        Target(order_id="3", price=Decimal(62000), distance_percent=Decimal("-3.474")),
    ],
)
SHORT = PositionLine(
    symbol="ETHUSDT",
    side="short",
    size=Decimal(2),
    margin_mode="isolated",
    margin_coin="USDT",
    entry_price=Decimal("3000.5"),
    mark_price=Decimal("3012.25"),
    liquidation_price=Decimal("3050"),
    liquidation_percent=Decimal("1.253"),
    liquidation_atr=Decimal("1.9"),
    risk="danger",
    leverage=Decimal(25),
    pnl=Decimal("-23.5"),
    pnl_percent=Decimal("-0.3916"),
    roe_percent=Decimal("-9.79"),
    state="DRIFT",
)
ORDERS = [
    OrderLine(
        order_id="9",
        symbol="BTCUSDT",
        kind="limit",
        status="partially_filled",
        side="buy",
        position_side="long",
        action="open",
        price=Decimal("63500"),
        size=Decimal("0.2"),
        filled=Decimal("0.05"),
    ),
    OrderLine(
        order_id="3",
        symbol="BTCUSDT",
        kind="position_stop_loss",
        status="live",
        position_side="long",
        action="close",
        trigger_price=Decimal("62000"),
    ),
]
BALANCES = [BalanceLine(coin="USDT", equity=Decimal("10034.7"), available=Decimal("8000.25"), frozen=Decimal("12.7"))]
_versions = count(1)


def positions_state(account: int, *lines: PositionLine, now: datetime = NOON, **fields: object) -> PositionsState:
    state = PositionsState(
        fence=1,
        version=next(_versions),
        account=account,
        positions=list(lines),
        is_known=True,
        check=Check(checked_at=now - timedelta(seconds=1.4), is_equal=True),
        told_at=now,
    )
    return structs.replace(state, **fields)


def orders_state(account: int, *lines: OrderLine, **fields: object) -> OrdersState:
    state = OrdersState(fence=1, version=next(_versions), account=account, orders=list(lines), is_known=True)
    return structs.replace(state, **fields)


def account_state(account: int, now: datetime = NOON, **fields: object) -> AccountState:
    state = AccountState(
        fence=1,
        version=next(_versions),
        account=account,
        label="Main",
        environment="live",
        kind="classic",
        state="connected",
        written_at=now,
        since_at=now - timedelta(minutes=5),
        heartbeat_at=now,
        channels=["positions", "orders", "account"],
        clock_skew_ms=120,
        budget_used=0.12,
        balances=BALANCES,
    )
    return structs.replace(state, **fields)


def debug_state(account: int, now: datetime = NOON, **fields: object) -> DebugState:
    state = DebugState(
        fence=1,
        version=next(_versions),
        account=account,
        last_update=now,
        connection_state="connected",
        message_queue=[DebugEntry(at=now, kind="position", text="BTCUSDT long 0.150, PnL +34.70 USDT")],
        error_log=[DebugEntry(at=now, kind="closed", text="the venue closed the connection")],
        counts={"frames": 1204, "reconnects": 1},
        validation={"accepted": 1203, "rejected": 1},
    )
    return structs.replace(state, **fields)


def alert(now: datetime = NOON) -> AccountAlert:
    return AccountAlert(kind="breached", text="A stop-loss of BTCUSDT was passed and did not act.", raised_at=now)


async def write(store: LiveStore, *states: State) -> None:
    """Puts states where a worker puts them."""
    written: dict[str, Stamped] = {_key(state): state for state in states}
    await store.write_state(written)


def _key(state: State) -> str:
    match state:
        case PositionsState():
            return keys.positions(state.account)
        case OrdersState():
            return keys.orders(state.account)
        case AccountState():
            return keys.account(state.account)
    return keys.debug(state.account)
