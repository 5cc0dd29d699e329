"""An error budget that is spent too quickly raises an alert, and clears it."""

from datetime import timedelta

import pytest

from feeds.connection.budget import Budget
from feeds.market.uptime import Minute
from feeds.storage import uptime
from feeds.storage.database import DatabaseThread
from tests.clock import ManualClock

pytestmark = pytest.mark.django_db(transaction=True)
FEED = "feed:main"


@pytest.fixture
def told() -> list[tuple[str, ...]]:
    return []


@pytest.fixture
def budget(database: DatabaseThread, clock: ManualClock, told: list[tuple[str, ...]]) -> Budget:
    return Budget(
        FEED,
        database,
        lambda kind, subject, text: told.append(("alert", kind, subject, text)),
        lambda kind, subject: told.append(("clear", kind, subject)),
        clock,
    )


async def test_bad_seconds_of_an_hour_are_told_once_and_cleared(
    budget: Budget, database: DatabaseThread, clock: ManualClock, told: list[tuple[str, ...]]
) -> None:
    """V-13 L-07: six bad seconds in an hour are 16.7 times what 99.99 % allows; an hour later that is over."""
    began_at = clock.now().replace(second=0, microsecond=0)
    minutes = [
        Minute(FEED, began_at + timedelta(minutes=number), 60, 54 if number == 30 else 60) for number in range(60)
    ]
    await database.run(uptime.add, minutes)
    await clock.advance(3660.0)
    await budget.look()
    await budget.look()
    assert [each[:3] for each in told] == [("alert", "burn-1h", FEED)]
    assert "6 s of the last hour" in told[0][3]
    later = [Minute(FEED, began_at + timedelta(minutes=60 + number), 60, 60) for number in range(60)]
    await database.run(uptime.add, later)
    await clock.advance(3600.0)
    await budget.look()
    assert told[1:] == [("clear", "burn-1h", FEED)]
