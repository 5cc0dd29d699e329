"""A replay exchange on a thread and a loop of its own, for tests that block theirs as Django's client does."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange


@contextmanager
def exchange_beside() -> Iterator[Exchange]:
    """A still one: only the test makes things happen."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        exchange = asyncio.run_coroutine_threadsafe(_start(), loop).result(5)
        yield exchange
        asyncio.run_coroutine_threadsafe(exchange.__aexit__(None, None, None), loop).result(5)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _start() -> Exchange:
    return await Exchange(market=RandomMarket(rate=0)).__aenter__()
