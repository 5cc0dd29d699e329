"""The rows of V3, of sockets and REST: most are alike, and each function says what is not. Much is "".

https://www.bitget.com/api-doc/uta/websocket/private/Positions-Channel and its neighbours
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tests.exchange.bitget.spelling import Row, optional, stamp, trade_side
from tests.exchange.bitget.state import MAINTENANCE, Coin, Execution, Holding, PlanOrder, WorkingOrder
from tests.exchange.dialect import plain

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount

CATEGORY = "USDT-FUTURES"


def _held(account: DeskAccount, held: Holding) -> Row:
    """What a socket and REST say alike of a position."""
    return {
        "symbol": held.symbol,
        "marginCoin": "USDT",
        "holdMode": account.card.position_mode,
        "posSide": held.side,
        "marginMode": held.margin_mode,
        "available": plain(held.size),
        "frozen": "0",
        "leverage": str(held.leverage),
        "curRealisedPnl": plain(held.realized),
        "markPrice": plain(account.desk.marks[held.symbol]),
        "closeFeeTotal": "",
        "createdTime": stamp(held.created_at),
        "updatedTime": stamp(held.updated_at),
    }


def pushed_position(account: DeskAccount, held: Holding) -> Row:
    """One that was closed has size 0, and its numbers are "" or 0."""
    mark = account.desk.marks[held.symbol]
    is_open = held.size > 0
    return _held(account, held) | {
        "size": plain(held.size),
        "positionStatus": "opening" if is_open else "ended",
        "avgPrice": plain(held.entry_price) if is_open else "0",
        "marginSize": plain(held.margin),
        "unrealisedPnl": plain(held.unrealized(mark)),
        "profitRate": plain(held.return_on_margin(mark)) if is_open else "",
        "liqPrice": plain(held.liquidation(account.equity)) if is_open else "",
        "breakEvenPrice": plain(held.break_even()) if is_open else "",
        "mmr": plain(MAINTENANCE) if is_open else "",
        "marginRate": plain(held.margin_ratio(mark, account.equity)) if is_open else "",
        "openFeeTotal": plain(-held.fees) if is_open else "",
        "totalFundingFee": "0" if held.funding is None else plain(held.funding),
    }


def listed_position(account: DeskAccount, held: Holding) -> Row:
    """Of REST: `total`, `positionBalance` and `liquidationPrice` have other names than on the socket."""
    mark = account.desk.marks[held.symbol]
    return _held(account, held) | {
        "category": CATEGORY,
        "total": plain(held.size),
        "positionStatus": "normal",
        "avgPrice": plain(held.entry_price),
        "positionBalance": plain(held.margin),
        "unrealisedPnl": plain(held.unrealized(mark)),
        "profitRate": plain(held.return_on_margin(mark)),
        "liquidationPrice": plain(held.liquidation(account.equity)),
        "breakEvenPrice": plain(held.break_even()),
        "mmr": plain(MAINTENANCE),
        "openFeeTotal": plain(-held.fees),
        "totalFunding": "0" if held.funding is None else plain(held.funding),
    }


def order(account: DeskAccount, each: WorkingOrder, side_key: str) -> Row:
    """The side of the position is `holdSide` on the socket and `posSide` in REST; a fee that was paid is positive."""
    return {
        "category": CATEGORY.lower() if side_key == "holdSide" else CATEGORY,
        "symbol": each.symbol,
        "orderId": each.order_id,
        "clientOid": each.client_id,
        "price": optional(each.price),
        "qty": plain(each.size),
        "amount": plain(each.size * (each.price or account.desk.marks[each.symbol])),
        "holdMode": account.card.position_mode,
        side_key: each.side,
        "delegateType": "normal",
        "tradeSide": trade_side(account, each.action, each.is_buy),
        "orderType": each.order_type,
        "timeInForce": "gtc",
        "side": "buy" if each.is_buy else "sell",
        "marginMode": each.margin_mode,
        "marginCoin": "USDT",
        "reduceOnly": "no",
        "cumExecQty": plain(each.filled),
        "cumExecValue": plain(each.value),
        "avgPrice": plain(each.average_price or Decimal(0)),
        "totalProfit": plain(each.profit),
        "orderStatus": "cancelled" if each.status == "canceled" else each.status,
        "cancelReason": each.cancel_reason,
        "leverage": str(each.leverage),
        "feeDetail": [{"feeCoin": "USDT", "fee": plain(each.fees)}],
        "createdTime": stamp(each.created_at),
        "updatedTime": stamp(each.updated_at),
        "stpMode": "none",
    }


def strategy(each: PlanOrder) -> Row:
    """A take-profit or a stop-loss; what it has not is ""."""
    price = plain(each.trigger_price)
    return {
        "orderId": each.order_id,
        "clientOid": each.client_id,
        "category": CATEGORY,
        "symbol": each.symbol,
        "qty": optional(each.size),
        "posSide": each.side,
        "tpTriggerBy": "mark" if each.is_profit else "",
        "slTriggerBy": "" if each.is_profit else "mark",
        "takeProfit": price if each.is_profit else "",
        "stopLoss": "" if each.is_profit else price,
        "tpOrderType": "market" if each.is_profit else "",
        "slOrderType": "" if each.is_profit else "market",
        "tpLimitPrice": "",
        "slLimitPrice": "",
        "createdTime": stamp(each.created_at),
        "updatedTime": stamp(each.updated_at),
    }


def fill(account: DeskAccount, each: Execution) -> Row:
    return {
        "execId": each.trade_id,
        "execLinkId": each.trade_id,
        "orderId": each.order_id,
        "clientOid": each.client_id,
        "category": CATEGORY,
        "symbol": each.symbol,
        "orderType": each.order_type,
        "side": "buy" if each.is_buy else "sell",
        "execPrice": plain(each.price),
        "execQty": plain(each.size),
        "execValue": plain(each.size * each.price),
        "execPnl": plain(each.profit),
        "tradeScope": "maker" if each.is_maker else "taker",
        "tradeSide": trade_side(account, each.action, each.is_buy),
        "feeDetail": [{"feeCoin": "USDT", "fee": plain(each.fee)}],
        "updatedTime": stamp(each.executed_at),
    }


def coin(each: Coin, debt_key: str) -> Row:
    """What is owed is `debts` on the socket and `debt` in REST."""
    return {
        "coin": each.name,
        "equity": plain(each.equity),
        "usdValue": plain(each.equity),
        "balance": plain(each.equity),
        "available": plain(each.available),
        debt_key: "0",
        "locked": plain(each.equity - each.available),
    }
