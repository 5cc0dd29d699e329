"""The rows of a V2 socket, field by field as on the wire. https://www.bitget.com/docs/classic/

`leverage` of a position is a number and of an order a string, a position has no mark price, and what does not
apply is "" in some places and left out in others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.exchange.bitget.spelling import Row, optional, position_side, side, stamp, trade_side
from tests.exchange.bitget.state import MAINTENANCE, Coin, Execution, Holding, PlanOrder, WorkingOrder
from tests.exchange.dialect import plain

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount


def position(account: DeskAccount, held: Holding) -> Row:
    mark = account.desk.marks[held.symbol]
    return {
        "posId": held.slot_id,
        "instId": held.symbol,
        "marginCoin": "USDT",
        "marginSize": plain(held.margin),
        "marginMode": held.margin_mode,
        "holdSide": held.side,
        "posMode": account.card.position_mode,
        "total": plain(held.size),
        "available": plain(held.size),
        "frozen": "0",
        "openPriceAvg": plain(held.entry_price),
        "leverage": held.leverage,
        "achievedProfits": plain(held.realized),
        "unrealizedPL": plain(held.unrealized(mark)),
        "unrealizedPLR": plain(held.return_on_margin(mark)),
        "liquidationPrice": plain(held.liquidation(account.equity)),
        "keepMarginRate": plain(MAINTENANCE),
        "marginRate": plain(held.margin_ratio(mark, account.equity)),
        "autoMargin": "off",
        "breakEvenPrice": plain(held.break_even()),
        "deductedFee": plain(held.fees),
        "totalFee": "" if held.funding is None else plain(held.funding),
        "cTime": stamp(held.created_at),
        "uTime": stamp(held.updated_at),
    }


def order(account: DeskAccount, each: WorkingOrder) -> Row:
    """The keys of a fill are there once there was one."""
    row = {
        "instId": each.symbol,
        "orderId": each.order_id,
        "clientOid": each.client_id,
        "price": "0" if each.price is None else plain(each.price),
        "size": plain(each.size),
        "notionalUsd": plain(each.size * (each.price or account.desk.marks[each.symbol])),
        "orderType": each.order_type,
        "force": "gtc",
        "side": side(account, each.side, each.is_buy),
        "posSide": position_side(account, each.side),
        "posMode": account.card.position_mode,
        "tradeSide": trade_side(account, each.action, each.is_buy),
        "marginMode": each.margin_mode,
        "marginCoin": "USDT",
        "leverage": str(each.leverage),
        "reduceOnly": "no",
        "enterPointSource": "API",
        "accBaseVolume": plain(each.filled),
        "feeDetail": [{"feeCoin": "USDT", "fee": plain(-each.fees)}],
        "totalProfits": plain(each.profit),
        "presetStopSurplusPrice": optional(each.take_profit),
        "presetStopSurplusType": "" if each.take_profit is None else "fill_price",
        "presetStopLossPrice": optional(each.stop_loss),
        "presetStopLossType": "" if each.stop_loss is None else "fill_price",
        "stpMode": "none",
        "status": each.status,
        "cancelReason": each.cancel_reason,
        "cTime": stamp(each.created_at),
        "uTime": stamp(each.updated_at),
    }
    return row | _last_fill(each) if each.executions else row


def _last_fill(each: WorkingOrder) -> Row:
    last = each.executions[-1]
    return {
        "fillPrice": plain(last.price),
        "baseVolume": plain(last.size),
        "fillNotionalUsd": plain(last.size * last.price),
        "fillFee": plain(-last.fee),
        "fillFeeCoin": "USDT",
        "fillTime": stamp(last.executed_at),
        "tradeId": last.trade_id,
        "tradeScope": "M" if last.is_maker else "T",
        "pnl": plain(last.profit),
        "priceAvg": optional(each.average_price),
    }


def plan(account: DeskAccount, each: PlanOrder) -> Row:
    """Numbers carry nine decimals here; an order on the whole position has no size."""
    kind = "Surplus" if each.is_profit else "Loss"
    return {
        "instId": each.symbol,
        "orderId": each.order_id,
        "clientOid": each.client_id,
        "planType": each.plan_type,
        "triggerPrice": f"{each.trigger_price:.9f}",
        "triggerType": "mark_price",
        "triggerTime": stamp(each.created_at),
        "price": "",
        "executePrice": "0.000000000",
        "size": "" if each.size is None else f"{each.size:.9f}",
        "actualSize": "0.000000000",
        "orderType": "market",
        "side": side(account, each.side, each.side == "short"),
        "tradeSide": "close" if account.card.position_mode == "hedge_mode" else "",
        "posSide": position_side(account, each.side),
        "posMode": account.card.position_mode,
        "marginCoin": "USDT",
        "status": each.status,
        "enterPointSource": "web",
        f"stop{kind}TriggerPrice": f"{each.trigger_price:.9f}",
        f"stop{kind}TriggerType": "mark_price",
        "stpMode": "none",
        "cTime": stamp(each.created_at),
        "uTime": stamp(each.updated_at),
    }


def fill(account: DeskAccount, each: Execution) -> Row:
    detail = {"feeCoin": "USDT", "deduction": "no", "totalDeductionFee": "0", "totalFee": plain(-each.fee)}
    return {
        "orderId": each.order_id,
        "clientOid": each.client_id,
        "tradeId": each.trade_id,
        "symbol": each.symbol,
        "side": side(account, each.side, each.is_buy),
        "orderType": each.order_type,
        "posMode": account.card.position_mode,
        "price": plain(each.price),
        "baseVolume": plain(each.size),
        "quoteVolume": plain(each.size * each.price),
        "profit": plain(each.profit),
        "tradeSide": trade_side(account, each.action, each.is_buy),
        "tradeScope": "maker" if each.is_maker else "taker",
        "feeDetail": [detail],
        "cTime": stamp(each.executed_at),
        "uTime": stamp(each.executed_at),
    }


def coin(each: Coin) -> Row:
    return {
        "marginCoin": each.name,
        "frozen": plain(each.equity - each.available),
        "available": plain(each.available),
        "maxOpenPosAvailable": plain(each.available),
        "maxTransferOut": plain(each.available),
        "equity": plain(each.equity),
        "usdtEquity": plain(each.equity),
        "crossedRiskRate": "0",
        "unrealizedPL": "0.000000000000",
        "unionTotalMargin": "0",
        "unionAvailable": "0",
        "unionMm": "0",
        "assetsMode": "single",
    }
