"""What a test itself puts on the wire of a running feed, and what of it is in the database afterwards."""

from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal

from feeds.clock import SystemClock
from feeds.models import Trade
from feeds.storage.consumer import LogConsumer
from feeds.storage.drain import Drain
from tests.exchange.connection import Connection
from tests.exchange.dialect import Action, Data
from tests.exchange.server import Exchange, utc_now
from tests.waiting import wait_until


async def subscribed(exchange: Exchange) -> Connection:
    """The feed's connection to Binance, once it has asked for everything."""
    await wait_until(lambda: exchange.connections and len(exchange.connections[0].topics) == 2)
    return exchange.connections[0]


def data(exchange: Exchange, connection: Connection, count: int) -> list[Data]:
    """Trades that happen now, each as the frame that tells it; none is sent yet."""
    tape = exchange.market.tape("binance", "BTCUSDT")
    assert tape
    found: list[Action] = []
    for number in range(count):
        trades = tape.trade(utc_now(), Decimal(76_000 + number), [Decimal("0.01")], "buy")
        found += connection.talk.show_trades(trades, utc_now())
    return [action for action in found if isinstance(action, Data)]


def ids(frames: Sequence[Data]) -> list[str]:
    return [str(trade.trade_id) for frame in frames for trade in frame.trades]


def drained() -> list[str]:
    """The ids in the database, once the log has drained into it."""
    with closing(LogConsumer("test")) as consumer:
        drain = Drain(consumer, SystemClock())
        while drain.step():
            pass
    return sorted(Trade.objects.values_list("trade_id", flat=True), key=int)
