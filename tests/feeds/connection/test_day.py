"""A day with each venue, compressed: cut off, sent away and renewed, within its limits, and without a trade lost."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Final

import pytest
import pytest_asyncio
from pytest_django import Settings

from feeds.models import HealthSnapshot, Venue
from feeds.storage.database import DatabaseThread
from feeds.venues import REGISTRY
from tests.clock import QuickClock
from tests.exchange.dialects import DIALECTS
from tests.exchange.ledger import Sent
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

# Waits and heartbeats take a fifth of their time, and a connection's day of 24 h takes 15 of those short seconds.
SPEED: Final = 5.0
DAY_S: Final = 15.0
# What each session has to deliver before the next blow.
TRADES: Final = 15
# It reports a taker's order as one trade, under its last id.
JOINS_ORDERS: Final = "okx"


@pytest_asyncio.fixture
async def exchange(settings: Settings) -> AsyncIterator[Exchange]:
    """Some 40 trades a second, every limit in force, and no connection outlives its day."""
    days = {code: replace(dialect.limits, life_after=DAY_S, notice_before=0.0) for code, dialect in DIALECTS.items()}
    limits = {code: day.compressed(SPEED) for code, day in days.items()}
    async with Exchange(market=RandomMarket(rate=40), limits=limits) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        yield exchange


@pytest_asyncio.fixture
async def only(database: DatabaseThread, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One venue, and a busy machine does not make it a silent one."""
    await database.run(lambda: Venue.objects.exclude(code=code).update(is_enabled=False))
    await database.run(lambda: Venue.objects.update(silent_after=DAY_S))
    if REGISTRY[code].life_after:
        monkeypatch.setattr(type(REGISTRY[code]), "life_after", DAY_S)


@pytest.mark.usefixtures("only")
@pytest.mark.parametrize("code", REGISTRY)
async def test_day_loses_and_repeats_nothing_and_breaks_no_limit(
    exchange: Exchange, observer: Observer, database: DatabaseThread, code: str
) -> None:
    """V-06 E13 E14 E18 E30 E35: what was sent is in the log once, as it was sent, and nothing else is."""
    async with running(clock=QuickClock(SPEED)):
        await live_through_a_day(exchange, code)

    logged = await observer.logged()
    live = [(trade.trade_id, trade.price, trade.size, trade.side) for trade in logged if not trade.is_backfill]
    assert Counter(live) == Counter(as_sent(exchange.ledger, code))
    # What happened while no connection was there was asked for afterwards.
    repaired = {trade.trade_id for trade in logged if trade.is_backfill}
    assert repaired <= {str(trade.trade_id) for trade in exchange.ledger.happened}
    assert exchange.doors[code].violations == {}
    ended = HealthSnapshot.objects.filter(subject=f"venue:main:{code}", state="disconnected")
    reasons = Counter(row.reason.partition(":")[0] for row in await database.run(lambda: list(ended)))
    assert reasons.keys() <= {"closed", "connect"}
    assert reasons["connect"] == (1 if code == "kucoin" else 0)


async def live_through_a_day(exchange: Exchange, code: str) -> None:
    """Cut off; closed politely in a lively moment; told everything twice, warned and closed for a restart; refused a
    token; and at the end of its life.
    """
    first = await deliver(exchange, after=0)
    exchange.faults.set(code, "hang_up")
    second = await deliver(exchange, after=first)
    burst(exchange, code)
    exchange.faults.set(code, "close", code=1000)
    exchange.faults.set(code, "duplicate")
    third = await deliver(exchange, after=second)
    exchange.faults.clear()
    exchange.faults.set(code, "notice")
    exchange.faults.set(code, "close", code=1012)
    refused = await refuse_a_token(exchange, after=third) if code == "kucoin" else third
    fourth = await deliver(exchange, after=refused)
    fifth = await deliver(exchange, after=fourth)
    assert fifth == exchange.connections[-1].number == (6 if code == "kucoin" else 5)


def burst(exchange: Exchange, code: str) -> None:
    """A hundred trades at once; what comes next is behind them on the line."""
    quote = exchange.market.tapes(code)[0].quote
    assert quote is not None
    exchange.trade(code, "BTC-USDT", quote.bid, [Decimal("0.01")] * 100)


async def deliver(exchange: Exchange, after: int) -> int:
    """The number of the next connection, once it has brought some trades."""
    await wait_until(lambda: sum(sent.connection > after for sent in exchange.ledger) >= TRADES, within=DAY_S)
    return exchange.connections[-1].number


async def refuse_a_token(exchange: Exchange, after: int) -> int:
    """The next one counts as expired, the one after it is good."""
    exchange.faults.set("kucoin", "refuse_token")
    await wait_until(lambda: exchange.connections[-1].number > after and not exchange.open_connections, within=DAY_S)
    exchange.faults.clear()
    return exchange.connections[-1].number


def as_sent(ledger: Iterable[Sent], code: str) -> set[tuple[str, Decimal, Decimal, str]]:
    """What the venue put on the wire: trades that it repeated count once."""
    if code != JOINS_ORDERS:
        return {(sent.trade_id, sent.price, sent.size, sent.side) for sent in ledger}
    joined: dict[str, tuple[str, Decimal, Decimal, str]] = {}
    for _, order in groupby(ledger, key=lambda sent: (sent.connection, sent.order_id)):
        trades = {sent.trade_id: sent for sent in order}
        last = trades[max(trades, key=int)]
        size = sum((sent.size for sent in trades.values()), start=Decimal(0))
        # The last trade is repeated after a subscription, by itself.
        joined.setdefault(last.trade_id, (last.trade_id, last.price, size, last.side))
    return set(joined.values())
