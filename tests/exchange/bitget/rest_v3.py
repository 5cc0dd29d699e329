"""The calls of REST V3, of a Unified account; the rows are in rows_v3.py. https://www.bitget.com/api-doc/uta/intro"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.exchange.bitget import rows_v3
from tests.exchange.bitget.gate import Refusal
from tests.exchange.bitget.paging import is_within, page
from tests.exchange.bitget.spelling import stamp
from tests.exchange.dialect import plain, to_milliseconds

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount

Query = Mapping[str, str]


def positions(account: DeskAccount, query: Query) -> Any:
    _want_category(query)
    return {"list": [rows_v3.listed_position(account, held) for held in account.holdings]}


def orders(account: DeskAccount, query: Query) -> Any:
    _want_category(query)
    found, end = page(account.open_orders, lambda each: each.order_id, query, "cursor")
    return {"list": [rows_v3.order(account, each, "posSide") for each in found], "cursor": end}


def strategies(account: DeskAccount, query: Query) -> Any:
    """A list without pages; a row does not say its status."""
    _want_category(query)
    return [rows_v3.strategy(each) for each in account.open_plans if query.get("type", "tpsl") == "tpsl"]


def fills(account: DeskAccount, query: Query) -> Any:
    _want_category(query)
    wanted = [each for each in account.executions if is_within(to_milliseconds(each.executed_at), query)]
    found, end = page(wanted, lambda each: each.trade_id, query, "cursor")
    rows = [{**rows_v3.fill(account, each), "createdTime": stamp(each.executed_at)} for each in found]
    return {"list": rows, "cursor": end}


def assets(account: DeskAccount, query: Query) -> Any:
    coins = account.coins.values()
    equity = plain(sum((coin.equity for coin in coins), Decimal(0)))
    return {
        "accountEquity": equity,
        "usdtEquity": equity,
        "btcEquity": "",
        "unrealisedPnl": "0",
        "usdtUnrealisedPnl": "0",
        "btcUnrealizedPnl": "0",  # the venue's spelling
        "effEquity": plain(sum((coin.available for coin in coins), Decimal(0))),
        "mmr": "0",
        "imr": "0",
        "mgnRatio": "0",
        "positionMgnRatio": "0",
        "assets": [rows_v3.coin(coin, "debt") for coin in coins],
    }


def key_info(account: DeskAccount, query: Query) -> Any:
    card = account.card
    return {
        "userId": card.uid,
        "inviterId": "",
        "parentId": "",
        "channelCode": "",
        "channel": "",
        "ips": ",".join(card.addresses),
        "permType": "read-and-write" if {"trade", "withdraw"} & set(card.rights) else "readonly",
        "permissions": ["uta_mgt", "uta_trade"] + (["withdraw"] if "withdraw" in card.rights else []),
        "regisTime": "1700000000000",
    }


CALLS: dict[str, Callable[[DeskAccount, Query], Any]] = {
    "/api/v3/position/current-position": positions,
    "/api/v3/trade/unfilled-orders": orders,
    "/api/v3/trade/unfilled-strategy-orders": strategies,
    "/api/v3/trade/fills": fills,
    "/api/v3/account/assets": assets,
    "/api/v3/account/info": key_info,
}


def _want_category(query: Query) -> None:
    if query.get("category", "").upper() != rows_v3.CATEGORY:
        raise Refusal("40017", "Parameter verification failed category")
