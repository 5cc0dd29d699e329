"""BitGet's third generation: rows of a unified account and of the public market.

https://www.bitget.com/api-doc/uta/websocket/private/Positions-Channel and its neighbours. REST has the same rows with
some other names, so both are read here. Much is an empty text; `mmr` is a ratio of a position, a sum of an account.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from positions.types import Balance, Balances, Fill, Fills, Order, Orders, Position, Positions
from positions.venues.bitget_fields import COIN_CHARACTERS, ID_CHARACTERS, REASON_CHARACTERS, Fields
from positions.venues.bitget_market import UNIFIED_MARKET
from positions.venues.bitget_push import (
    Push,
    Reader,
    fee_of,
    kind_of_order,
    negated,
    position_side,
    side_of_order,
    told,
    trade_side,
)
from positions.venues.bitget_words import IS_MAKER, IS_YES, KINDS, MARGIN_MODES, POSITION_MODES, SIDES, STATUSES
from positions.words import OrderKind

# Of the parts of a strategy order: a take-profit, a stop-loss, and which kind of order has just these.
_STRATEGIES: Final = {
    (True, True): OrderKind.BRACKET,
    (True, False): OrderKind.TAKE_PROFIT,
    (False, True): OrderKind.STOP_LOSS,
    (False, False): OrderKind.TRIGGER,
}


def read_position(f: Fields) -> Position:
    """One that is over has size 0 and "ended" as its `positionStatus`, which is in `raw`."""
    return Position(
        symbol=f.symbol("symbol"),
        side=position_side(f, "posSide"),
        margin_mode=f.word(MARGIN_MODES, "marginMode"),
        size=f.number("size", "total"),
        available=f.number("available"),
        frozen=f.number("frozen"),
        entry_price=f.number("avgPrice"),
        mark_price=f.price("markPrice"),
        liquidation_price=f.price("liqPrice", "liquidationPrice"),
        break_even_price=f.number("breakEvenPrice"),
        leverage=f.number("leverage"),
        margin=f.number("marginSize", "positionBalance"),
        unrealized_pnl=f.number("unrealisedPnl"),
        roe=f.number("profitRate"),
        realized_pnl=f.number("curRealisedPnl"),
        margin_ratio=f.number("marginRate"),
        maintenance_ratio=f.number("mmr"),
        funding_fee=f.number("totalFundingFee", "totalFunding"),
        position_mode=f.word(POSITION_MODES, "holdMode"),
        margin_coin=f.text("marginCoin", at_most=COIN_CHARACTERS),
        updated_at=f.time("updatedTime"),
        raw=f.raw,
    )


def read_order(f: Fields) -> Order:
    return Order(
        order_id=f.name("orderId"),
        symbol=f.symbol("symbol"),
        client_id=f.text("clientOid", at_most=ID_CHARACTERS),
        kind=kind_of_order(f, KINDS, "orderType"),
        status=f.word(STATUSES, "orderStatus"),
        side=f.word(SIDES, "side"),
        position_side=side_of_order(f, "holdSide", "posSide"),
        action=f.text("tradeSide"),
        price=f.price("price"),
        size=f.number("qty"),
        filled=f.number("cumExecQty"),
        average_price=f.price("avgPrice"),
        take_profit=f.price("takeProfit"),
        stop_loss=f.price("stopLoss"),
        leverage=f.number("leverage"),
        margin_mode=f.word(MARGIN_MODES, "marginMode"),
        is_reduce_only=f.word(IS_YES, "reduceOnly"),
        cancel_reason=f.text("cancelReason", at_most=REASON_CHARACTERS),
        created_at=f.time("createdTime"),
        updated_at=f.time("updatedTime"),
        raw=f.raw,
    )


def read_strategy(f: Fields) -> Order:
    """A trigger order, or a take-profit and a stop-loss, of which either may be missing."""
    take_profit, stop_loss = f.price("takeProfit"), f.price("stopLoss")
    kind = _STRATEGIES[isinstance(take_profit, Decimal), isinstance(stop_loss, Decimal)]
    only = {OrderKind.TAKE_PROFIT: take_profit, OrderKind.STOP_LOSS: stop_loss}
    return Order(
        order_id=f.name("orderId"),
        symbol=f.symbol("symbol"),
        client_id=f.text("clientOid", at_most=ID_CHARACTERS),
        kind=kind,
        status=f.word(STATUSES, "status"),
        side=f.word(SIDES, "side"),
        position_side=side_of_order(f, "posSide"),
        price=f.price("triggerOrderPrice"),
        trigger_price=only[kind] if kind in only else f.price("triggerPrice"),
        size=f.number("qty"),
        take_profit=take_profit,
        stop_loss=stop_loss,
        created_at=f.time("createdTime"),
        updated_at=f.time("updatedTime"),
        raw=f.raw,
    )


def read_fill(f: Fields) -> Fill:
    """A fee that was paid is positive here."""
    fee, fee_coin = fee_of(f, "fee")
    return Fill(
        fill_id=f.name("execId"),
        order_id=f.name("orderId"),
        symbol=f.symbol("symbol"),
        side=trade_side(f, "side"),
        price=f.exact("execPrice"),
        size=f.exact("execQty"),
        filled_at=f.moment("execTime", "createdTime", "updatedTime"),
        fee=negated(fee),
        fee_coin=fee_coin,
        is_maker=told(f.word(IS_MAKER, "tradeScope")),
        pnl=told(f.number("execPnl")),
        action=told(f.text("tradeSide")),
    )


def read_account(f: Fields) -> Iterator[Balance]:
    """The whole account in US dollars, then each coin."""
    coins = f.rows("coin", "assets")
    yield Balance(
        coin="",
        equity=f.number("totalEquity", "accountEquity"),
        available=f.number("effEquity"),
        usdt_equity=f.number("usdtEquity"),
        unrealized_pnl=f.number("unrealisedPnL", "unrealisedPnl"),
        margin_ratio=f.number("mgnRatio"),
        raw=f.raw,
    )
    yield from map(read_coin, coins)


def read_coin(f: Fields) -> Balance:
    return Balance(
        coin=f.name("coin", at_most=COIN_CHARACTERS).upper(),
        equity=f.number("equity"),
        available=f.number("available"),
        frozen=f.number("locked", "frozen"),
        raw=f.raw,
    )


def _positions(push: Push) -> Positions:
    """Those that changed, closed ones among them; but a snapshot without any is a flat account."""
    is_flat = push.is_whole and not push.rows
    return Positions(tuple(map(read_position, push.fields())), is_flat, push.told_at)


def _balances(push: Push) -> Balances:
    return Balances(tuple(balance for f in push.fields() for balance in read_account(f)), push.told_at)


CHANNELS: Final[Mapping[str, Reader]] = {
    "position": _positions,
    "order": lambda push: Orders(tuple(map(read_order, push.fields())), told_at=push.told_at),
    "strategy-order": lambda push: Orders(tuple(map(read_strategy, push.fields())), told_at=push.told_at),
    "account": _balances,
    "fill": lambda push: Fills(tuple(map(read_fill, push.fields()))),
    **UNIFIED_MARKET,
}
