"""BitGet's second generation: rows of a classic account and of the public market.

https://www.bitget.com/api-doc/contract/websocket/private/Positions-Channel and its neighbours. REST has the same rows
with other names, so both are read here. Futures send no position's mark price; the ticker has it (B-27).
"""

from collections.abc import Mapping
from typing import Final

from positions.types import Balance, Balances, ClosedPosition, ClosedPositions, Position, Positions
from positions.venues.bitget_fields import COIN_CHARACTERS, Fields
from positions.venues.bitget_market import CLASSIC_MARKET
from positions.venues.bitget_push import Push, Reader, position_side
from positions.venues.bitget_v2_orders import read_fills, read_orders, read_triggers
from positions.venues.bitget_words import MARGIN_MODES, POSITION_MODES


def read_position(f: Fields) -> Position:
    """`totalFee` is what funding cost; the id and the time of creation are the slot's, not the holding's."""
    return Position(
        symbol=f.symbol("instId", "symbol"),
        side=position_side(f, "holdSide"),
        margin_mode=f.word(MARGIN_MODES, "marginMode"),
        size=f.number("total"),
        available=f.number("available"),
        frozen=f.number("frozen", "locked"),
        entry_price=f.number("openPriceAvg"),
        mark_price=f.price("markPrice"),
        liquidation_price=f.price("liquidationPrice"),
        break_even_price=f.number("breakEvenPrice"),
        leverage=f.number("leverage"),
        margin=f.number("marginSize"),
        unrealized_pnl=f.number("unrealizedPL"),
        roe=f.number("unrealizedPLR"),
        realized_pnl=f.number("achievedProfits"),
        margin_ratio=f.number("marginRate", "marginRatio"),
        maintenance_ratio=f.number("keepMarginRate"),
        funding_fee=f.number("totalFee"),
        trading_fee=f.number("deductedFee"),
        take_profit=f.price("takeProfit"),
        stop_loss=f.price("stopLoss"),
        position_mode=f.word(POSITION_MODES, "posMode"),
        margin_coin=f.text("marginCoin", at_most=COIN_CHARACTERS),
        venue_id=f.text("posId"),
        updated_at=f.time("uTime"),
        raw=f.raw,
    )


def read_closed(f: Fields) -> ClosedPosition:
    """The socket and REST spell nearly everything differently."""
    return ClosedPosition(
        symbol=f.symbol("instId", "symbol"),
        side=position_side(f, "holdSide"),
        size=f.number("closeSize", "closeTotalPos"),
        entry_price=f.number("openPriceAvg", "openAvgPrice"),
        close_price=f.number("closePriceAvg", "closeAvgPrice"),
        realized_pnl=f.number("achievedProfits", "pnl"),
        funding_fee=f.number("settleFee", "totalFunding"),
        opening_fee=f.number("openFee"),
        closing_fee=f.number("closeFee"),
        closed_at=f.time("uTime", "utime"),
        raw=f.raw,
    )


def read_balance(f: Fields) -> Balance:
    """Of futures by `marginCoin`, of spot and margin by `coin`, of the first generation's spot by `coinName`."""
    return Balance(
        coin=f.name("marginCoin", "coin", "coinName", at_most=COIN_CHARACTERS).upper(),
        equity=f.number("equity", "accountEquity"),
        available=f.number("available"),
        frozen=f.number("frozen", "locked"),
        usdt_equity=f.number("usdtEquity"),
        unrealized_pnl=f.number("unrealizedPL"),
        margin_ratio=f.number("crossedRiskRate"),
        raw=f.raw,
    )


def read_equity(f: Fields) -> Balance:
    """Of all futures together, which is nobody's coin."""
    return Balance(coin="", usdt_equity=f.number("usdtEquity"), unrealized_pnl=f.number("unrealizedPL"), raw=f.raw)


def _positions(push: Push) -> Positions:
    """All of them, also when one changed: an empty list is a flat account."""
    return Positions(tuple(map(read_position, push.fields())), push.is_whole, push.told_at)


def _balances(push: Push) -> Balances:
    return Balances(tuple(map(read_balance, push.fields())), push.told_at)


CHANNELS: Final[Mapping[str, Reader]] = {
    "positions": _positions,
    "positions-history": lambda push: ClosedPositions(tuple(map(read_closed, push.fields()))),
    "orders": read_orders,
    "orders-crossed": read_orders,
    "orders-isolated": read_orders,
    "orders-algo": read_triggers,
    "account": _balances,
    "account-crossed": _balances,
    "account-isolated": _balances,
    "equity": lambda push: Balances(tuple(map(read_equity, push.fields())), push.told_at),
    "fill": read_fills,
    **CLASSIC_MARKET,
}
