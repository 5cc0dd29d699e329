"""A drain that runs on a thread of its own, and a flood of trades for it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Final

from django.db import connections
from msgspec import structs

from feeds.clock import SystemClock
from feeds.storage import keys, latest
from feeds.storage.consumer import LogConsumer
from feeds.storage.drain import Drain
from feeds.storage.latest import LoggedTrade
from tests.feeds.samples import NOON, logged
from tests.postgres_server import PostgresServer
from tests.redis_server import RedisServer

A_SECOND: Final = 2000
_EVERY_S: Final = 0.05
_BATCH: Final = int(A_SECOND * _EVERY_S)


@contextmanager
def running_drain(server: RedisServer) -> Iterator[None]:
    """Drains the server's log until the end of the block."""
    stop = threading.Event()

    def run() -> None:
        with closing(LogConsumer("drain", server.url)) as consumer, closing(connections["default"]):
            Drain(consumer, SystemClock()).run(stop, lambda: True)

    with _thread(run, stop):
        yield


def stored(server: PostgresServer) -> int:
    """How many trades are rows, as a stranger counts them."""
    return int(server.ask("SELECT count(*) FROM feeds_trade"))


class Flood:
    """Two thousand trades a second, each with a number of its own; `sent` is how many are in the log for sure."""

    def __init__(self, server: RedisServer) -> None:
        self.sent = 0
        self._server = server
        self._stop = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        with _thread(self._run, self._stop):
            yield

    def _run(self) -> None:
        with self._server.client() as client:
            while not self._stop.wait(_EVERY_S):
                pipe = client.pipeline(transaction=False)
                for number in range(self.sent, self.sent + _BATCH):
                    pipe.xadd(keys.TRADE_LOG, {keys.TRADE_FIELD: latest.encode(_flooding(number))})
                pipe.execute()
                self.sent += _BATCH


def _flooding(number: int) -> LoggedTrade:
    return structs.replace(logged(number), traded_at=NOON + timedelta(seconds=number / A_SECOND))


@contextmanager
def _thread(run: Callable[[], None], stop: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()
