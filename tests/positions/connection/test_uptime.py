"""The uptime of an account's line: second by second, and as users of the account are told (F-26, V-13)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from dashboard.accounts.uptime import read_uptimes
from feeds.models import UptimeMinute
from feeds.storage.database import DatabaseThread
from positions.connection.uptime import LineUptime
from positions.queries.uptime import uptime_subject
from tests.clock import ManualClock
from tests.positions.board.shown import Account
from tests.positions.samples import long

pytestmark = pytest.mark.django_db(transaction=True)


@pytest_asyncio.fixture
async def database() -> AsyncIterator[DatabaseThread]:
    database = DatabaseThread("test")
    yield database
    await database.close()


async def test_line_that_is_down_or_not_confirmed_is_not_well(database: DatabaseThread, clock: ManualClock) -> None:
    """V-13: each second counts, as it was when it passed."""
    account = Account(clock)
    uptime = LineUptime(7, account.board, database, clock)
    sampling = asyncio.create_task(uptime.sample())
    await clock.advance(3.5)
    account.connect(long())
    await clock.advance(4)
    account.lose()
    await clock.advance(2)
    sampling.cancel()
    await uptime.finish()
    rows = await database.run(lambda: list(UptimeMinute.objects.values_list("subject", "known", "good")))
    assert sum(known for _, known, _ in rows) == 10
    assert sum(good for _, _, good in rows) == 4
    assert {subject for subject, _, _ in rows} == {"account:7"}


def test_only_accounts_that_were_asked_for_are_told(clock: ManualClock) -> None:
    """F-26: who may see an account is decided before; one that was never watched is missing."""
    minute = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=2)
    for account in (7, 8):
        UptimeMinute.objects.create(subject=uptime_subject(account), minute_at=minute, known=60, good=60)
    (told,) = read_uptimes([7, 9], clock.now())
    assert (told.account, told.about, told.line.hour) == (7, "7", "100 %")
