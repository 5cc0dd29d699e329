"""A run in which every venue drops, repeats, shuffles and is cut, on the whole loop of a feed."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Final

import redis
from django.test import override_settings

from feeds.models import Feed
from feeds.storage import keys
from feeds.storage.database import DatabaseThread
from feeds.storage.latest import LoggedTrade
from feeds.storage.redis import Entry
from feeds.venues import REGISTRY
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.faults.ledger import Balance, balance
from tests.faults.row import FaultMissing
from tests.faults.stage import drain_the_rest
from tests.feeds.connection.running import running
from tests.feeds.storage.log import trades_of
from tests.waiting import wait_until

# Trades a second of each instrument; with the quotes between them a window of 50 frames is less than a second.
RATE: Final = 20.0
DROP_EVERY: Final = 23
# Five cuts of a venue in a minute would open its circuit, and it would be left alone.
CUT_EVERY_S: Final = 3.0
# Trades that REST keeps of each symbol, where the venue has every trade: Kraken is asked so seldom that gaps wait.
FAR: Final = 100_000
# Audits come every five seconds, and what they find is looked at once more after one.
SETTLE_S: Final = 8.0
CONNECTED_WITHIN_S: Final = 15.0


async def play(redis_url: str, seconds: float, seed: int = 1) -> Balance:
    """So many seconds of faults at all venues at once, and the books after them."""
    exchange = Exchange(market=RandomMarket(seed=seed, rate=RATE, recent=FAR))
    database = DatabaseThread("lossy")
    try:
        with override_settings(REDIS_URL=redis_url):
            async with exchange:
                with override_settings(REPLAY_EXCHANGE_URL=exchange.url):
                    await database.run(lambda: Feed.objects.update(standbys=len(REGISTRY) - 1))
                    async with running():
                        await _trouble(exchange, seconds, Random(seed))
            # Before it is drained: of what is stored the log forgets what is older than ten minutes.
            logged = _logged(redis_url)
            await database.run(drain_the_rest)
            _prove(exchange)
            return await database.run(balance, exchange.ledger.happened, logged)
    finally:
        await database.close()


async def _trouble(exchange: Exchange, seconds: float, chance: Random) -> None:
    loop = asyncio.get_running_loop()
    await wait_until(lambda: {sent.venue for sent in exchange.ledger} == set(REGISTRY), CONNECTED_WITHIN_S)
    exchange.faults.set("*", "drop", every=DROP_EVERY)
    exchange.faults.set("*", "shuffle")
    exchange.faults.set("*", "duplicate")
    until = loop.time() + seconds
    while loop.time() < until:
        await asyncio.sleep(CUT_EVERY_S)
        exchange.faults.set(chance.choice(list(REGISTRY)), "hang_up")
    exchange.faults.clear()
    await asyncio.sleep(SETTLE_S)


def _prove(exchange: Exchange) -> None:
    """Each of the four faults happened at the exchange."""
    sent = list(exchange.ledger)
    ids = [(each.connection, each.symbol, int(each.trade_id)) for each in sent]
    told = {(each.venue, each.symbol, int(each.trade_id)) for each in sent}
    happened = {(each.venue, each.symbol, each.trade_id) for each in exchange.ledger.happened}
    pairs = list(zip(ids, ids[1:], strict=False))
    proofs = {
        "dropped": len(happened - told) > 0,
        "repeated": len(ids) > len(set(ids)),
        "shuffled": any(one[:2] == other[:2] and one[2] > other[2] for one, other in pairs),
        "cut": any(connection.close_code == 1006 for connection in exchange.connections),
    }
    if missing := [name for name, happened_at_all in proofs.items() if not happened_at_all]:
        raise FaultMissing(f"nothing was {', '.join(missing)}")


def _logged(redis_url: str) -> list[LoggedTrade]:
    """The whole log, by a client with more patience than a feed has."""
    with redis.Redis.from_url(redis_url) as client:
        entries: list[Entry] = list(client.xrange(keys.TRADE_LOG))
    return trades_of(entries)
