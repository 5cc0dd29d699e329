"""A V3 socket (Unified account): its subscriptions, answers and ticker. The rows are in rows_v3.py."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.exchange.bitget import rows_v3
from tests.exchange.bitget.spelling import Row, next_funding, stamp
from tests.exchange.bitget.state import Coin, Execution, Holding, PlanOrder, WorkingOrder
from tests.exchange.bitget.wire import Wire
from tests.exchange.dialect import plain, to_milliseconds

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount


class WireV3(Wire):
    version = "v3"
    kind = "unified"
    word = "topic"
    channels = {
        "position": "positions",
        "order": "orders",
        "strategy-order": "plans",
        "account": "balances",
        "fill": "fills",
    }

    def objection(self, arg: Row) -> tuple[str, str] | None:
        topic = arg.get("topic")
        is_known = topic in self.channels and arg.get("instType") == "UTA"
        return (
            None if is_known else ("30001", f'{{"instType":"{arg.get("instType")}","topic":"{topic}"}} doesn\'t exist')
        )

    def arg(self, channel: str) -> Row:
        return {"instType": "UTA", "topic": channel}

    def logged_in(self) -> Row:
        """The code is a number here."""
        return {"event": "login", "code": 0, "msg": ""}

    def subscribed(self, arg: Row) -> Row:
        return {"event": "subscribe", "arg": arg, "code": "", "msg": ""}

    def error(self, code: str, text: str, arg: Row | None = None) -> Row:
        """Without the arg that it is about: only the text tells."""
        return {"event": "error", "code": int(code), "msg": text}

    def positions(self, account: DeskAccount, changed: Holding | None) -> list[Row]:
        """At first all that are open, then what changed, also what was closed."""
        return [rows_v3.pushed_position(account, held) for held in ([changed] if changed else account.holdings)]

    def order(self, account: DeskAccount, each: WorkingOrder) -> Row:
        return rows_v3.order(account, each, "holdSide")

    def plan(self, account: DeskAccount, each: PlanOrder) -> Row:
        return {**rows_v3.strategy(each), "status": each.status}

    def fill(self, account: DeskAccount, each: Execution) -> Row:
        return {**rows_v3.fill(account, each), "holdSide": each.side, "execTime": stamp(each.executed_at)}

    def balance(self, account: DeskAccount, each: Coin) -> Row:
        """Of the whole account, in US dollars, with every coin in it."""
        coins = account.coins.values()
        return {
            "totalEquity": plain(sum((one.equity for one in coins), Decimal(0))),
            "effEquity": plain(sum((one.available for one in coins), Decimal(0))),
            "unrealisedPnL": "0",
            "imr": "0",
            "mmr": "0",
            "mgnRatio": "0",
            "positionMgnRatio": "0",
            "coin": [rows_v3.coin(one, "debts") for one in coins],
        }

    def watched(self, arg: Row) -> str:
        is_ticker = (arg.get("instType"), arg.get("topic")) == ("usdt-futures", "ticker")
        return str(arg.get("symbol", "")) if is_ticker else ""

    def ticker(self, symbol: str, mark: Decimal, now: datetime) -> Row:
        price = plain(mark)
        row = {
            "highPrice24h": price,
            "lowPrice24h": price,
            "openPrice24h": price,
            "lastPrice": price,
            "turnover24h": plain(1000 * mark),
            "volume24h": "1000",
            "bid1Price": price,
            "ask1Price": price,
            "bid1Size": "10",
            "ask1Size": "10",
            "price24hPcnt": "0",
            "indexPrice": price,
            "markPrice": price,
            "fundingRate": "-0.00003",
            "openInterest": "1000",
            "deliveryTime": "",
            "deliveryStartTime": "",
            "deliveryStatus": "",
            "nextFundingTime": stamp(next_funding(now)),
        }
        arg = {"instType": "usdt-futures", "topic": "ticker", "symbol": symbol}
        return {"action": "snapshot", "arg": arg, "data": [row], "ts": to_milliseconds(now)}
