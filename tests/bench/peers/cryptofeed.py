"""cryptofeed: frames go to the message handler of its exchange class, which awaits a callback for each trade.

Its symbol tables come from REST; here every symbol is mapped to itself instead.
"""

import asyncio
from types import SimpleNamespace

from cryptofeed.defines import TICKER, TRADES  # type: ignore[import-not-found]
from cryptofeed.exchanges import OKX, Binance, Bybit, Gateio, Huobi, KuCoin  # type: ignore[import-not-found]
from cryptofeed.symbols import Symbols  # type: ignore[import-not-found]
from cryptofeed.types import Ticker, Trade  # type: ignore[import-not-found]

from tests.bench.worker import Frame, Order, Row, serve

EXCHANGES = {"binance": Binance, "kucoin": KuCoin, "bybit": Bybit, "okx": OKX, "htx": Huobi, "gateio": Gateio}
# Its Bybit looks into the connection's address for what is traded there; the spot has it rename each symbol first.
CONNECTION = SimpleNamespace(address="wss://stream.bybit.com/v5/public/linear")
RECEIVED_AT = 1_600_000_000.0
# Its KuCoin asks for a token before anything else.
TOKEN = {"token": "", "instanceServers": [{"endpoint": "wss://ws-api-spot.kucoin.com/", "pingInterval": 18000}]}
KuCoin.http_sync = SimpleNamespace(write=lambda *_, **__: {"data": TOKEN})


class CryptofeedReader:
    def __init__(self, order: Order) -> None:
        exchange = EXCHANGES[order.venue]
        Symbols.set(exchange.id, {symbol: symbol for symbol in order.symbols}, {})
        self._loop = asyncio.new_event_loop()
        self._said: list[Row] = []
        self._noting = exchange(callbacks={TRADES: self._note_trade, TICKER: self._note_quote})
        self._timed = exchange(callbacks={TRADES: _drop, TICKER: _drop})
        self._frames = order.one_pass()

    def rows(self, frame: Frame) -> list[Row]:
        self._said.clear()
        self._loop.run_until_complete(self._noting.message_handler(frame, CONNECTION, RECEIVED_AT))
        return list(self._said)

    def read(self) -> None:
        self._loop.run_until_complete(self._handle())

    async def _handle(self) -> None:
        handler = self._timed.message_handler
        for frame in self._frames:
            await handler(frame, CONNECTION, RECEIVED_AT)

    async def _note_trade(self, trade: Trade, received_at: float) -> None:
        self._said.append(["trade", str(trade.price), str(trade.amount), trade.side])

    async def _note_quote(self, quote: Ticker, received_at: float) -> None:
        self._said.append(["quote", str(quote.bid), str(quote.ask)])


async def _drop(said: object, received_at: float) -> None:
    pass


if __name__ == "__main__":
    serve(CryptofeedReader)
