"""Hundreds of instruments at each venue: they share sessions, and asking for them breaks no limit of the venue."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from math import ceil
from typing import Final

import pytest
from pytest_django import Settings

from feeds.connection.socket import OUR_SHARE
from feeds.connection.stall import SessionTiming
from feeds.models import Feed, Instrument, Venue
from feeds.seed import add_listings
from feeds.storage.database import DatabaseThread
from feeds.types import Subscribed
from feeds.venues import REGISTRY
from tests.clock import QuickClock
from tests.exchange.dialects import DIALECTS
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.listener import hear, listening
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.plans import venue_plan
from tests.feeds.connection.running import running

# So many of the venue's seconds in one of ours.
SPEED: Final = 5.0
BASES: Final = [f"A{number}" for number in range(200)]
# KuCoin closes a session that it heard no ping of for a minute, and ours wait until all is asked for.
ASKED_WITHIN_S: Final = 60.0


async def ask_for(exchange: Exchange, code: str, bases: Iterable[str]) -> float:
    """One session, up to the last acknowledgement; how long that took."""
    clock, dialect = QuickClock(SPEED), REGISTRY[code]
    # Nothing is traded here, and a busy machine is no stall.
    patient = SessionTiming(silent_after=600.0, acknowledged_within=600.0, seen_within=600.0)
    timing = replace(patient, ping_every=dialect.ping_every, pong_within=600.0, messages=dialect.messages)
    symbols = sorted(dialect.symbol(base, "USDT") for base in bases)
    unanswered = {request.key for request in dialect.subscribe(symbols, clock.now())}
    began = clock.monotonic()
    async with listening(exchange, clock, dialect, timing, list(bases)) as frames:
        while unanswered:
            received = await hear(frames)
            unanswered -= {event.key for event in received.events if isinstance(event, Subscribed)}
    return clock.monotonic() - began


@pytest.mark.parametrize("code", REGISTRY)
def test_full_session_is_no_more_than_the_venue_lets_a_connection_ask_for(code: str) -> None:
    """F-10: also where every symbol is as long as we keep them."""
    dialect, limits = REGISTRY[code], DIALECTS[code].limits
    requests = len(dialect.channels) * dialect.symbols_per_session
    assert requests <= (limits.topics or requests)
    assert requests <= OUR_SHARE * (limits.requests or 2 * requests)
    characters = sum(len(channel) + 1 + 32 for channel in dialect.channels) * dialect.symbols_per_session
    assert characters <= (limits.topic_characters or characters)


@pytest.mark.parametrize("code", ["binance", "kucoin", "okx"])
async def test_two_hundred_instruments_are_asked_for_within_every_limit(code: str) -> None:
    """F-10 E35: where it counts our messages, all are acknowledged within a minute, and nothing is violated."""
    instruments = {REGISTRY[code].symbol(base, "USDT"): base for base in BASES}
    parts = replace(venue_plan(), code=code, instruments=instruments).parts()
    assert len(parts) == ceil(len(BASES) / REGISTRY[code].symbols_per_session)
    assert {symbol: base for part in parts for symbol, base in part.items()} == instruments
    market = RandomMarket(rate=0, instruments=[f"{base}-USDT" for base in BASES])
    limits = {code: DIALECTS[code].limits.compressed(SPEED)}
    async with Exchange(market=market, limits=limits) as exchange:
        took = await asyncio.gather(*(ask_for(exchange, code, part.values()) for part in parts))
        topics = [len(connection.topics) for connection in exchange.connections]
        violations = dict(exchange.doors[code].violations)
    print(f"{code}: {len(BASES)} instruments in {len(parts)} sessions, asked for in {max(took):.1f} s")  # noqa: T201
    assert sum(topics) == 2 * len(BASES)
    assert violations == {}
    assert max(took) < ASKED_WITHIN_S


def follow_all() -> None:
    """The feed follows them at OKX alone."""
    Instrument.objects.bulk_create(Instrument(code=f"{base}-USDT", base=base, quote="USDT") for base in BASES)
    add_listings()
    Feed.objects.get().instruments.set(Instrument.objects.exclude(code="BTC-USDT"))
    Venue.objects.exclude(code="okx").update(is_enabled=False)


@pytest.mark.django_db(transaction=True)
async def test_feed_shows_a_price_of_each_of_two_hundred_instruments(
    settings: Settings, observer: Observer, database: DatabaseThread
) -> None:
    """F-10: over two sessions of one venue, as if they were one."""
    await database.run(follow_all)
    instruments = [f"{base}-USDT" for base in BASES]
    elsewhere = {(code, instrument) for code in REGISTRY if code != "okx" for instrument in instruments}
    async with Exchange(market=RandomMarket(rate=1, instruments=instruments, unlisted=elsewhere)) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        async with running():
            for instrument in instruments:
                await observer.price_from("okx", within=20.0, instrument=instrument)
            assert [len(connection.topics) for connection in exchange.open_connections] == [200, 200]
            assert not exchange.doors["okx"].violations
