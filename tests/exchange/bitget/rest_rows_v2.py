"""The rows of REST V2, field by field as on the wire: named otherwise than on the socket, and all of it strings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.exchange.bitget.spelling import Row, optional, position_side, side, stamp, trade_side
from tests.exchange.bitget.state import MAINTENANCE, Coin, Execution, Holding, PlanOrder, PlanType, WorkingOrder
from tests.exchange.dialect import plain

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount


def position(account: DeskAccount, held: Holding) -> Row:
    mark = account.desk.marks[held.symbol]
    protection = {plan.is_profit: plan for plan in account.open_plans if plan.guards(held)}
    profit, loss = protection.get(True), protection.get(False)
    return {
        "marginCoin": "USDT",
        "symbol": held.symbol,
        "holdSide": held.side,
        "openDelegateSize": "0",
        "marginSize": plain(held.margin),
        "available": plain(held.size),
        "locked": "0",
        "total": plain(held.size),
        "leverage": str(held.leverage),
        "achievedProfits": plain(held.realized),
        "openPriceAvg": plain(held.entry_price),
        "marginMode": held.margin_mode,
        "posMode": account.card.position_mode,
        "unrealizedPL": plain(held.unrealized(mark)),
        "liquidationPrice": plain(held.liquidation(account.equity)),
        "keepMarginRate": plain(MAINTENANCE),
        "markPrice": plain(mark),
        "breakEvenPrice": plain(held.break_even()),
        "totalFee": "" if held.funding is None else plain(held.funding),
        "deductedFee": plain(held.fees),
        "grant": "",
        "takeProfit": plain(profit.trigger_price) if profit else "",
        "stopLoss": plain(loss.trigger_price) if loss else "",
        "takeProfitId": profit.order_id if profit else "",
        "stopLossId": loss.order_id if loss else "",
        "marginRatio": plain(held.margin_ratio(mark, account.equity)),
        "assetMode": "single",
        "autoMargin": "off",
        "cTime": stamp(held.created_at),
        "uTime": stamp(held.updated_at),
    }


def order(account: DeskAccount, each: WorkingOrder) -> Row:
    """`baseVolume` is all that is filled here, on the socket it is the last fill."""
    return {
        "symbol": each.symbol,
        "size": plain(each.size),
        "orderId": each.order_id,
        "clientOid": each.client_id,
        "baseVolume": plain(each.filled),
        "fee": plain(-each.fees) if each.executions else "",
        "price": optional(each.price),
        "priceAvg": optional(each.average_price),
        "status": each.status,
        "side": side(account, each.side, each.is_buy),
        "force": "gtc",
        "totalProfits": plain(each.profit) if each.executions else "",
        "posSide": position_side(account, each.side),
        "marginCoin": "USDT",
        "quoteVolume": plain(each.value),
        "leverage": str(each.leverage),
        "marginMode": each.margin_mode,
        "reduceOnly": "NO",
        "enterPointSource": "API",
        "tradeSide": trade_side(account, each.action, each.is_buy),
        "posMode": account.card.position_mode,
        "orderType": each.order_type,
        "orderSource": "normal",
        "presetStopSurplusPrice": optional(each.take_profit),
        "presetStopLossPrice": optional(each.stop_loss),
        "cTime": stamp(each.created_at),
        "uTime": stamp(each.updated_at),
    }


def plan(account: DeskAccount, each: PlanOrder, names: dict[PlanType, str]) -> Row:
    kind = "Surplus" if each.is_profit else "Loss"
    is_hedged = account.card.position_mode == "hedge_mode"
    return {
        "planType": names[each.plan_type],
        "symbol": each.symbol,
        "size": "" if each.size is None else plain(each.size),
        "orderId": each.order_id,
        "clientOid": each.client_id,
        "price": "",
        "executePrice": "0",
        "callbackRatio": "",
        "triggerPrice": plain(each.trigger_price),
        "triggerType": "mark_price",
        "planStatus": each.status,
        "side": side(account, each.side, each.side == "short"),
        "posSide": position_side(account, each.side),
        "marginCoin": "USDT",
        "marginMode": "crossed",
        "enterPointSource": "WEB",
        "tradeSide": "close" if is_hedged else "",
        "posMode": account.card.position_mode,
        "orderType": "market",
        "orderSource": "profit_market" if each.is_profit else "loss_market",
        f"stop{kind}TriggerPrice": plain(each.trigger_price),
        f"stop{kind}TriggerType": "mark_price",
        "cTime": stamp(each.created_at),
        "uTime": stamp(each.updated_at),
    }


def fill(account: DeskAccount, each: Execution) -> Row:
    detail = {"deduction": "no", "feeCoin": "USDT", "totalDeductionFee": "", "totalFee": plain(-each.fee)}
    return {
        "tradeId": each.trade_id,
        "symbol": each.symbol,
        "orderId": each.order_id,
        "price": plain(each.price),
        "baseVolume": plain(each.size),
        "feeDetail": [detail],
        "side": side(account, each.side, each.is_buy),
        "quoteVolume": plain(each.size * each.price),
        "profit": plain(each.profit),
        "enterPointSource": "api",
        "tradeSide": trade_side(account, each.action, each.is_buy),
        "posMode": account.card.position_mode,
        "tradeScope": "maker" if each.is_maker else "taker",
        "cTime": stamp(each.executed_at),
    }


def coin(each: Coin) -> Row:
    used = plain(each.equity - each.available)
    return {
        "marginCoin": each.name,
        "locked": used,
        "available": plain(each.available),
        "crossedMaxAvailable": plain(each.available),
        "isolatedMaxAvailable": plain(each.available),
        "maxTransferOut": plain(each.available),
        "accountEquity": plain(each.equity),
        "usdtEquity": plain(each.equity),
        "btcEquity": "",
        "crossedRiskRate": "0",
        "unrealizedPL": "",
        "coupon": "0",
        "unionTotalMagin": "0",  # the venue's spelling
        "unionAvailable": "0",
        "unionMm": "0",
        "assetList": [],
        "isolatedMargin": "0",
        "crossedMargin": used,
        "assetMode": "single",
    }
