"""ccxt.pro: frames go to its WebSocket client as aiohttp hands them over, and end in its caches.

Its markets come from REST; here every symbol is a spot market of its own name instead. Nobody waits for a
result, so waking a waiting `watch_trades` is work that it is spared.
"""

import asyncio

import ccxt.pro  # type: ignore[import-not-found]
from aiohttp import WSMessage, WSMsgType
from ccxt.async_support.base.ws.client import Client  # type: ignore[import-not-found]

from tests.bench.worker import Frame, Order, Row, serve

# Some of its exchanges look into the address for what is traded there.
URLS = {
    "binance": "wss://stream.binance.com:9443/stream",
    "kucoin": "wss://ws-api-spot.kucoin.com/",
    "bybit": "wss://stream.bybit.com/v5/public/spot",
    "okx": "wss://ws.okx.com:8443/ws/v5/public",
    "htx": "wss://api.huobi.pro/ws",
    "kraken": "wss://ws.kraken.com/v2",
    "gateio": "wss://api.gateio.ws/ws/v4/",
}
# Its name, where that is not our code.
NAMES = {"gateio": "gate"}


class CcxtReader:
    def __init__(self, order: Order) -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        self._exchange = getattr(ccxt.pro, NAMES.get(order.venue, order.venue))()
        self._exchange.set_markets([_market(symbol) for symbol in order.symbols])
        handle = self._exchange.handle_message
        # Without a connection: the client's three other callbacks are never called.
        self._client = Client(URLS[order.venue], handle, None, None, None, self._exchange.options.get("ws", {}))
        self._messages = [_message(frame) for frame in order.one_pass()]

    def rows(self, frame: Frame) -> list[Row]:
        self._exchange.trades.clear()
        self._exchange.bidsasks.clear()
        self._client.handle_message(_message(frame))
        trades = [trade for cache in self._exchange.trades.values() for trade in cache]
        quotes = self._exchange.bidsasks.values()
        return [["trade", str(trade["price"]), str(trade["amount"]), trade["side"]] for trade in trades] + [
            ["quote", str(quote["bid"]), str(quote["ask"])] for quote in quotes
        ]

    def read(self) -> None:
        handle = self._client.handle_message
        for message in self._messages:
            handle(message)


def _market(symbol: str) -> dict[str, object]:
    names = dict.fromkeys(("id", "symbol", "base", "quote", "baseId", "quoteId"), symbol)
    kinds = dict.fromkeys(("contract", "swap", "future", "option", "linear", "inverse"), False)
    return {**names, **kinds, "type": "spot", "spot": True}


def _message(frame: Frame) -> WSMessage:
    return WSMessage(WSMsgType.TEXT if isinstance(frame, str) else WSMsgType.BINARY, frame, None)


if __name__ == "__main__":
    serve(CcxtReader)
