"""The calls of REST V2, of a Classic account; the rows are in rest_rows_v2.py. https://www.bitget.com/docs/classic/"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.exchange.bitget import rest_rows_v2
from tests.exchange.bitget.gate import Refusal
from tests.exchange.bitget.paging import is_within, page
from tests.exchange.bitget.state import PlanType
from tests.exchange.dialect import to_milliseconds

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount

Query = Mapping[str, str]

# What each planType of the query asks for, and what its rows are called.
PLANS: dict[str, dict[PlanType, str]] = {
    "normal_plan": {"pl": "normal_plan"},
    "track_plan": {"track": "track_plan"},
    "profit_loss": {"tp": "profit_plan", "sl": "loss_plan", "ptp": "pos_profit", "psl": "pos_loss"},
}
# The codes of the rights that concern futures, and the one that lets money out.
AUTHORITIES = {"read": ("coor", "cpor"), "trade": ("coow", "cpow"), "withdraw": ("wwow",)}


def positions(account: DeskAccount, query: Query) -> Any:
    _want_product(query)
    return [rest_rows_v2.position(account, held) for held in account.holdings]


def orders(account: DeskAccount, query: Query) -> Any:
    """No order is `null`, not an empty list."""
    _want_product(query)
    found, end = page(account.open_orders, lambda each: each.order_id, query, "idLessThan")
    return {"entrustedList": [rest_rows_v2.order(account, each) for each in found] or None, "endId": end}


def plans(account: DeskAccount, query: Query) -> Any:
    _want_product(query)
    names = PLANS.get(query.get("planType", ""))
    if names is None:
        raise Refusal("40017", "Parameter verification failed planType")
    wanted = [each for each in account.open_plans if each.plan_type in names]
    found, end = page(wanted, lambda each: each.order_id, query, "idLessThan")
    return {"entrustedList": [rest_rows_v2.plan(account, each, names) for each in found] or None, "endId": end}


def fills(account: DeskAccount, query: Query) -> Any:
    _want_product(query)
    wanted = [each for each in account.executions if is_within(to_milliseconds(each.executed_at), query)]
    found, end = page(wanted, lambda each: each.trade_id, query, "idLessThan")
    return {"fillList": [rest_rows_v2.fill(account, each) for each in found] or None, "endId": end}


def balances(account: DeskAccount, query: Query) -> Any:
    _want_product(query)
    return [rest_rows_v2.coin(each) for each in account.coins.values()]


def key_info(account: DeskAccount, query: Query) -> Any:
    card = account.card
    return {
        "userId": card.uid,
        "inviterId": "",
        "ips": ",".join(card.addresses),
        "authorities": [code for right in card.rights for code in AUTHORITIES[right]],
        "parentId": int(card.uid) if card.uid.isdecimal() else 1,
        "traderType": "not_trader",
        "channelCode": "",
        "channel": "",
        "regisTime": "1700000000000",
    }


CALLS: dict[str, Callable[[DeskAccount, Query], Any]] = {
    "/api/v2/mix/position/all-position": positions,
    "/api/v2/mix/order/orders-pending": orders,
    "/api/v2/mix/order/orders-plan-pending": plans,
    "/api/v2/mix/order/fills": fills,
    "/api/v2/mix/account/accounts": balances,
    "/api/v2/spot/account/info": key_info,
}


def _want_product(query: Query) -> None:
    if query.get("productType", "").upper() != "USDT-FUTURES":
        raise Refusal("40034", "Parameter productType does not exist")
