"""Everything that a running feed leans on is struck by a real fault: the diary holds each of them, and nothing else."""

import asyncio
from itertools import groupby

import pytest
from pytest_django import Settings

from feeds.models import HealthSnapshot, Lease
from feeds.storage import lease
from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.feeds.sqlite_lock import impatient, locks_sqlite, write_lock
from tests.redis_server import RedisServer
from tests.waiting import wait_for, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]

Transition = tuple[str, str]
__all__ = ["impatient"]


def transitions() -> list[Transition]:
    """In the order in which they were written, without venues. Where the machine is slow, so is its Redis at times."""
    rows = HealthSnapshot.objects.filter(is_transition=True).exclude(subject__startswith="venue:").order_by("id")
    told = rows.exclude(state="degraded").values_list("subject", "state")
    return [transition for transition, _ in groupby(told)]


def of_venues() -> list[Transition]:
    rows = HealthSnapshot.objects.filter(subject__startswith="venue:").order_by("id")
    return list(rows.values_list("subject", "state"))


async def happened(database: DatabaseThread, *last: Transition) -> None:
    """Waits until these are the last transitions that were written."""

    async def look() -> bool | None:
        return (await database.run(transitions))[-len(last) :] == list(last) or None

    await wait_for(look, within=15.0)


def lose_lease() -> None:
    """Its holder sleeps, and somebody else finds it free."""
    Lease.objects.filter(resource="feed:main").update(expires_at=None)
    assert lease.claim("feed:main", "somebody else")


@locks_sqlite
@pytest.mark.usefixtures("impatient")
async def test_transitions_are_the_faults_that_were_injected(
    lively: Exchange, own_redis: RedisServer, database: DatabaseThread, caplog: pytest.LogCaptureFixture
) -> None:
    """D-07 D3: a Redis that stops, a database that is locked, a lease that is lost: each is there, in order, once."""
    store = LiveStore(own_redis.url)
    observer = Observer(store)
    async with running() as feed:
        await observer.price_from("binance")
        await happened(database, ("redis:primary", "up"))

        own_redis.stop()
        await happened(database, ("redis:primary", "down"))
        own_redis.start()
        await happened(database, ("redis:primary", "up"))

        with write_lock():
            await wait_until(lambda: "database is locked" in caplog.text)
            # It happens meanwhile, and waits.
            lively.faults.set("binance", "close", code=1001)
            await observer.price_from("kucoin")
        await happened(database, ("database", "back"))

        await database.run(lose_lease)
        await asyncio.wait_for(asyncio.shield(feed), 5.0)
    found = await database.run(transitions)
    heard = await database.run(of_venues)
    await store.close()
    assert found == [
        ("lease:feed:main", "taken"),
        ("redis:primary", "up"),
        ("redis:primary", "down"),
        ("redis:primary", "up"),
        ("database", "away"),
        ("database", "back"),
        ("lease:feed:main", "lost"),
        ("lease:feed:main", "taken"),
    ]
    assert heard[:5] == [
        ("venue:main:binance", "connecting"),
        ("venue:main:binance", "connected"),
        ("venue:main:binance", "disconnected"),
        ("venue:main:kucoin", "connecting"),
        ("venue:main:kucoin", "connected"),
    ]


async def test_feed_writes_down_how_it_is(
    lively: Exchange, observer: Observer, database: DatabaseThread, settings: Settings
) -> None:
    """D-07: venues with their ages and counts, the Redis servers, what waits, and how many samples were dropped."""
    settings.HEALTH_SAMPLE_EVERY_S = 1

    async def sampled() -> HealthSnapshot | None:
        return await database.run(HealthSnapshot.objects.filter(is_transition=False, state="live").first)

    async with running():
        sample = await wait_for(sampled)
    assert (sample.subject, sample.detail["dropped"]) == ("feed:main", 0)
    assert sample.detail["redis"].keys() == {"primary"}
    assert 0 <= sample.detail["backlog"] < 200
    binance = sample.detail["venues"]["binance"]
    assert (binance["state"], binance["rejected"]) == ("connected", 0)
    assert 0 <= binance["age_s"] < 3
    assert binance["accepted"] > 0
