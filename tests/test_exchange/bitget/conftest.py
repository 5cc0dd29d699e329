"""BitGet by a clock that stands still, with one classic account."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.clock import ManualClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.bitget.client import KEY, PASSPHRASE, SECRET


@pytest_asyncio.fixture
async def exchange(clock: ManualClock) -> AsyncIterator[Exchange]:
    async with Exchange(market=RandomMarket(rate=0), clock=clock.now) as exchange:
        yield exchange


@pytest.fixture
def account(exchange: Exchange) -> DeskAccount:
    return exchange.bitget.open_account(KEY, SECRET, PASSPHRASE)
