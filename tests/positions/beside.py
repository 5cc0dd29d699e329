"""A replay exchange on a thread and a loop of its own, for tests that block theirs as Django's client does."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TypeVar

from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange

T = TypeVar("T")


@dataclass(frozen=True)
class Beside:
    exchange: Exchange
    loop: asyncio.AbstractEventLoop

    def run(self, call: Callable[[], T]) -> T:
        """There, as what is sent to sockets has to be."""

        async def there() -> T:
            return call()

        return asyncio.run_coroutine_threadsafe(there(), self.loop).result(5)


@contextmanager
def exchange_beside() -> Iterator[Beside]:
    """A still one: only the test makes things happen."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        exchange = asyncio.run_coroutine_threadsafe(_start(), loop).result(5)
        yield Beside(exchange, loop)
        asyncio.run_coroutine_threadsafe(exchange.__aexit__(None, None, None), loop).result(5)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _start() -> Exchange:
    return await Exchange(market=RandomMarket(rate=0)).__aenter__()
