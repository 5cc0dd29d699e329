"""What a holder may do with its lease: after a sleep it asks before it publishes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from django.db.models import F

from feeds.models import Lease
from feeds.storage import lease
from feeds.storage.database import DatabaseThread
from feeds.storage.lease_clock import now
from feeds.storage.tenure import Tenure
from tests.clock import ManualClock
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest_asyncio.fixture
async def database() -> AsyncIterator[DatabaseThread]:
    database = DatabaseThread("test")
    yield database
    await database.close()


@pytest_asyncio.fixture
async def tenure(database: DatabaseThread, clock: ManualClock) -> Tenure:
    tenure = await Tenure.claim("feed:main", "a", database, clock)
    assert tenure is not None
    return tenure


def take_over() -> None:
    Lease.objects.update(holder="b", fence=F("fence") + 1, expires_at=now() + timedelta(seconds=60))


async def test_second_claim_is_refused(tenure: Tenure, database: DatabaseThread, clock: ManualClock) -> None:
    """W5: whoever comes second has no tenure."""
    assert await Tenure.claim("feed:main", "b", database, clock) is None


async def test_holder_publishes_as_long_as_it_renews(tenure: Tenure, clock: ManualClock) -> None:
    """W1: however long it holds the lease."""
    keeping = asyncio.create_task(tenure.keep())
    for _ in range(10):
        await wait_until(lambda: clock.sleepers)
        await clock.advance(lease.RENEW_EVERY_S)
        assert tenure.may_publish()
    keeping.cancel()


async def test_holder_that_slept_asks_before_it_publishes(tenure: Tenure, clock: ManualClock) -> None:
    """W3 W4: it has not heard of a successor, but there may be one. There is none, and it goes on."""
    await clock.advance(lease.DURATION.total_seconds())
    assert not tenure.may_publish()
    keeping = asyncio.create_task(tenure.keep())
    await wait_until(tenure.may_publish)
    keeping.cancel()


async def test_holder_that_was_taken_over_never_publishes_again(
    tenure: Tenure, database: DatabaseThread, clock: ManualClock
) -> None:
    """W3 W4: it ends, and leaves the successor's lease alone."""
    await database.run(take_over)
    await asyncio.wait_for(tenure.keep(), 5.0)
    assert not tenure.may_publish()
    await tenure.release()
    held = await database.run(Lease.objects.get)
    assert held.holder == "b"
    assert held.expires_at is not None
