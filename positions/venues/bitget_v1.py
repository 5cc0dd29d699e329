"""BitGet's first generation, switched off on 2025-11-28: read in old recordings, never spoken.

https://github.com/BitgetLimited/apidoc (en/mix). Symbols are told as they are spelt there, such as BTCUSDT_UMCBL.
"""

from collections.abc import Mapping
from typing import Final

from positions.types import Balances, Order, Orders, Position, Positions
from positions.venues import bitget_v2
from positions.venues.bitget_fields import COIN_CHARACTERS, ID_CHARACTERS, Fields
from positions.venues.bitget_market import OLD_MARKET
from positions.venues.bitget_push import Reader, kind_of_order, position_side, side_of_order
from positions.venues.bitget_words import IS_YES, KINDS, MARGIN_MODES, POSITION_MODES, SIDES, STATUSES, TRIGGERS


def read_position(f: Fields) -> Position:
    return Position(
        symbol=f.symbol("instId", "symbol"),
        side=position_side(f, "holdSide"),
        margin_mode=f.word(MARGIN_MODES, "marginMode"),
        size=f.number("total"),
        available=f.number("available"),
        frozen=f.number("locked"),
        entry_price=f.number("averageOpenPrice"),
        mark_price=f.price("marketPrice"),
        liquidation_price=f.price("liqPx", "liquidationPrice"),
        leverage=f.number("leverage"),
        margin=f.number("margin"),
        unrealized_pnl=f.number("upl", "unrealizedPL"),
        roe=f.number("uplRate"),
        realized_pnl=f.number("achievedProfits"),
        margin_ratio=f.number("marginRate"),
        maintenance_ratio=f.number("keepMarginRate"),
        position_mode=f.word(POSITION_MODES, "holdMode"),
        margin_coin=f.text("marginCoin", at_most=COIN_CHARACTERS),
        venue_id=f.text("posId"),
        updated_at=f.time("uTime", "utime"),
        raw=f.raw,
    )


def read_order(f: Fields) -> Order:
    return Order(
        order_id=f.name("ordId", "orderId"),
        symbol=f.symbol("instId", "symbol"),
        client_id=f.text("clOrdId", "clientOid", at_most=ID_CHARACTERS),
        kind=kind_of_order(f, KINDS, "ordType"),
        status=f.word(STATUSES, "status", "state"),
        side=f.word(SIDES, "side"),
        position_side=side_of_order(f, "posSide"),
        action=f.text("tS", "tradeSide"),
        price=f.price("px", "price"),
        size=f.number("sz", "size"),
        filled=f.number("accFillSz", "filledQty"),
        average_price=f.price("avgPx", "priceAvg"),
        leverage=f.number("lever", "leverage"),
        margin_mode=f.word(MARGIN_MODES, "tdMode", "marginMode"),
        is_reduce_only=f.word(IS_YES, "low", "reduceOnly"),
        created_at=f.time("cTime"),
        updated_at=f.time("uTime"),
        raw=f.raw,
    )


def read_trigger(f: Fields) -> Order:
    return Order(
        order_id=f.name("id", "ordId"),
        symbol=f.symbol("instId", "symbol"),
        client_id=f.text("cOid", "clOrdId", at_most=ID_CHARACTERS),
        kind=kind_of_order(f, TRIGGERS, "planType"),
        status=f.word(STATUSES, "state", "status"),
        side=f.word(SIDES, "side"),
        position_side=side_of_order(f, "posSide"),
        action=f.text("tS"),
        price=f.price("ordPx"),
        trigger_price=f.price("triggerPx"),
        size=f.number("sz"),
        created_at=f.time("cTime"),
        updated_at=f.time("uTime"),
        raw=f.raw,
    )


CHANNELS: Final[Mapping[str, Reader]] = {
    "positions": lambda push: Positions(tuple(map(read_position, push.fields())), push.is_whole, push.told_at),
    "orders": lambda push: Orders(tuple(map(read_order, push.fields())), told_at=push.told_at),
    "ordersAlgo": lambda push: Orders(tuple(map(read_trigger, push.fields())), told_at=push.told_at),
    "account": lambda push: Balances(tuple(map(bitget_v2.read_balance, push.fields())), push.told_at),
    **OLD_MARKET,
}
