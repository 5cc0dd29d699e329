"""A V2 socket (Classic account): its subscriptions, answers and ticker. The rows are in rows_v2.py."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.exchange.bitget import rows_v2
from tests.exchange.bitget.spelling import Row, next_funding, stamp
from tests.exchange.bitget.state import Coin, Execution, Holding, PlanOrder, WorkingOrder
from tests.exchange.bitget.wire import Wire
from tests.exchange.dialect import plain, to_milliseconds

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount


class WireV2(Wire):
    version = "v2"
    kind = "classic"
    word = "channel"
    channels = {
        "positions": "positions",
        "orders": "orders",
        "orders-algo": "plans",
        "account": "balances",
        "fill": "fills",
    }

    def objection(self, arg: Row) -> tuple[str, str] | None:
        channel = arg.get("channel")
        target = "coin" if channel == "account" else "instId"
        if channel not in self.channels or target not in arg:
            return "30016", "Param error"
        if arg != self.arg(channel):
            return "30001", f"instType:{arg.get('instType')},channel:{channel},{target}:{arg[target]} doesn't exist"
        return None

    def arg(self, channel: str) -> Row:
        target = "coin" if channel == "account" else "instId"
        return {"instType": "USDT-FUTURES", "channel": channel, target: "default"}

    def logged_in(self) -> Row:
        return {"event": "login", "code": "0", "msg": ""}

    def subscribed(self, arg: Row) -> Row:
        return {"event": "subscribe", "arg": arg}

    def error(self, code: str, text: str, arg: Row | None = None) -> Row:
        """The code is a number, although the samples of the documentation have a string."""
        about = {} if arg is None else {"arg": arg, "op": "subscribe"}
        return {"event": "error", "code": int(code), "msg": text, **about}

    def positions(self, account: DeskAccount, changed: Holding | None) -> list[Row]:
        """All that are open, every time."""
        return [rows_v2.position(account, held) for held in account.holdings]

    def order(self, account: DeskAccount, each: WorkingOrder) -> Row:
        return rows_v2.order(account, each)

    def plan(self, account: DeskAccount, each: PlanOrder) -> Row:
        return rows_v2.plan(account, each)

    def fill(self, account: DeskAccount, each: Execution) -> Row:
        return rows_v2.fill(account, each)

    def balance(self, account: DeskAccount, each: Coin) -> Row:
        return rows_v2.coin(each)

    def watched(self, arg: Row) -> str:
        is_ticker = (arg.get("instType"), arg.get("channel")) == ("USDT-FUTURES", "ticker")
        return str(arg.get("instId", "")) if is_ticker else ""

    def ticker(self, symbol: str, mark: Decimal, now: datetime) -> Row:
        arg = {"instType": "USDT-FUTURES", "channel": "ticker", "instId": symbol}
        return {"action": "snapshot", "arg": arg, "data": [ticker_row(symbol, mark, now)], "ts": to_milliseconds(now)}


def ticker_row(symbol: str, mark: Decimal, now: datetime) -> Row:
    price = plain(mark)
    return {
        "instId": symbol,
        "lastPr": price,
        "bidPr": price,
        "askPr": price,
        "bidSz": "10",
        "askSz": "10",
        "open24h": price,
        "high24h": price,
        "low24h": price,
        "change24h": "0",
        "fundingRate": "0.0001",
        "nextFundingTime": stamp(next_funding(now)),
        "markPrice": price,
        "indexPrice": price,
        "holdingAmount": "1000",
        "baseVolume": "1000",
        "quoteVolume": plain(1000 * mark),
        "openUtc": price,
        "symbolType": "1",
        "symbol": symbol,
        "deliveryPrice": "0",
        "ts": stamp(now),
    }
