"""BitGet's second generation: orders, trigger orders and fills of a classic account.

https://www.bitget.com/api-doc/contract/websocket/private/Order-Channel and its neighbours. The side of an order in
hedge mode is the position's: who closes a long says buy and close.
"""

from msgspec import UNSET

from positions.types import Fill, Fills, Order, Orders, Told
from positions.venues.bitget_fields import ID_CHARACTERS, REASON_CHARACTERS, Fields
from positions.venues.bitget_push import (
    Push,
    fee_of,
    kind_of_order,
    negated,
    side_of_order,
    symbol_of_order,
    told,
    trade_side,
)
from positions.venues.bitget_words import IS_MAKER, IS_YES, KINDS, MARGIN_MODES, SIDES, STATUSES, TRIGGERS


def read_order(f: Fields, symbol: str = "") -> Order:
    """`baseVolume` is the last fill on the socket of futures, all of them in REST and on margin.

    Only the first of these has `accBaseVolume`, which is what has been filled in all.
    """
    return Order(
        order_id=f.name("orderId"),
        symbol=symbol_of_order(f, symbol, "instId", "symbol"),
        client_id=f.text("clientOid", at_most=ID_CHARACTERS),
        size=_order_size(f),
        kind=kind_of_order(f, KINDS, "orderType"),
        status=f.word(STATUSES, "status", "state"),
        side=f.word(SIDES, "side"),
        position_side=side_of_order(f, "posSide"),
        action=f.text("tradeSide"),
        price=f.price("price"),
        filled=f.number("accBaseVolume", "baseVolume"),
        average_price=f.price("priceAvg"),
        take_profit=f.price("presetStopSurplusPrice"),
        stop_loss=f.price("presetStopLossPrice"),
        leverage=f.number("leverage"),
        margin_mode=f.word(MARGIN_MODES, "marginMode"),
        is_reduce_only=f.word(IS_YES, "reduceOnly"),
        cancel_reason=f.text("cancelReason", at_most=REASON_CHARACTERS),
        created_at=f.time("cTime"),
        updated_at=f.time("uTime"),
        raw=f.raw,
    )


def read_trigger(f: Fields) -> Order:
    """An order that waits for a price. `executePrice` is what it will ask for then."""
    return Order(
        order_id=f.name("orderId"),
        symbol=symbol_of_order(f, "", "instId", "symbol"),
        client_id=f.text("clientOid", at_most=ID_CHARACTERS),
        kind=kind_of_order(f, TRIGGERS, "planType"),
        status=f.word(STATUSES, "status", "planStatus"),
        side=f.word(SIDES, "side"),
        position_side=side_of_order(f, "posSide"),
        action=f.text("tradeSide"),
        price=f.price("executePrice", "price"),
        trigger_price=f.price("triggerPrice"),
        size=f.number("size"),
        take_profit=f.price("stopSurplusTriggerPrice"),
        stop_loss=f.price("stopLossTriggerPrice"),
        margin_mode=f.word(MARGIN_MODES, "marginMode"),
        created_at=f.time("cTime"),
        updated_at=f.time("uTime"),
        raw=f.raw,
    )


def read_fill(f: Fields, product: str = "") -> Fill:
    """Futures tell a fee that was paid as negative, spot as positive."""
    fee, fee_coin = fee_of(f, "totalFee")
    return Fill(
        fill_id=f.name("tradeId"),
        order_id=f.name("orderId"),
        symbol=f.symbol("symbol", "instId"),
        side=trade_side(f, "side"),
        price=f.exact("price", "priceAvg"),
        size=f.exact("baseVolume", "size"),
        filled_at=f.moment("cTime", "uTime"),
        fee=negated(fee) if product == "SPOT" else fee,
        fee_coin=fee_coin,
        is_maker=told(f.word(IS_MAKER, "tradeScope")),
        pnl=told(f.number("profit")),
        action=told(f.text("tradeSide")),
    )


def read_orders(push: Push) -> Orders:
    """Only those that changed, although the action says snapshot."""
    return Orders(tuple(read_order(f, push.symbol) for f in push.fields()), told_at=push.told_at)


def read_triggers(push: Push) -> Orders:
    return Orders(tuple(map(read_trigger, push.fields())), told_at=push.told_at)


def read_fills(push: Push) -> Fills:
    return Fills(tuple(read_fill(f, push.product) for f in push.fields()))


def _order_size(f: Fields) -> Told:
    """In the base currency. What spot's market orders buy for is a sum of the quote currency: no size."""
    is_sum = "newSize" in f.raw and f.raw.get("side") == "buy" and f.raw.get("orderType") == "market"
    return UNSET if is_sum else f.number("newSize", "baseSize", "size")
