"""How the loop of an account finds every fill, whatever the stream told. Ten of its seconds pass in one of ours."""

from datetime import timedelta

import pytest

from feeds.storage.database import DatabaseThread
from positions.connection import rest
from positions.models import Account, Fill
from tests.clock import ScaledClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.faults import Answer
from tests.positions.calling import calls_of
from tests.positions.observer import AccountObserver
from tests.positions.running import every_fill_is_stored, following
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_fills_are_found_wherever_our_clock_is(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread, quick: ScaledClock
) -> None:
    """M-07 B2: it is 200 s ahead of the venue's, by which fills are asked."""
    held.desk.faults.clock_offset = -200.0
    async with following(account, quick):
        await observer.in_state("connected")
        calls = calls_of(held, "order/fills")
        await wait_until(lambda: calls_of(held, "order/fills") > calls)
        held.fill(held.order("ETHUSDT", "long", "2", "2500"), push=False)

        await every_fill_is_stored(held, database)


async def test_fills_beyond_one_read_are_read_on_and_told(
    held: DeskAccount,
    account: Account,
    observer: AccountObserver,
    database: DatabaseThread,
    quick: ScaledClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M-07: nothing counts as read before its end."""
    monkeypatch.setattr(rest, "MAX_PAGES", 1)
    order = held.order("ETHUSDT", "long", "2", "2500")
    for _ in range(120):
        held.fill(order, "0.01")
    async with following(account, quick):
        line = await observer.line(lambda line: line.alerts)
        assert "there are many fills" in line.alerts[0].text
        await observer.line(lambda line: not line.alerts)

        await every_fill_is_stored(held, database)


async def test_restart_reads_the_older_fills_that_were_not_read(
    held: DeskAccount,
    account: Account,
    observer: AccountObserver,
    database: DatabaseThread,
    quick: ScaledClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M-07: the newest come first, so that one that is stored says nothing of those before it."""
    monkeypatch.setattr(rest, "MAX_PAGES", 1)
    order = held.order("ETHUSDT", "long", "2", "2500")
    held.desk.clock = lambda: quick.now() - timedelta(hours=1)
    for _ in range(119):
        held.fill(order, "0.01")
    held.desk.clock = quick.now
    held.fill(order, "0.01")
    async with following(account, quick):
        await observer.line(lambda line: line.alerts)
    assert 0 < await database.run(Fill.objects.count) < len(held.executions)
    async with following(account, quick):
        await every_fill_is_stored(held, database)


async def test_list_of_fills_that_is_refused_begins_anew(
    held: DeskAccount,
    account: Account,
    observer: AccountObserver,
    database: DatabaseThread,
    quick: ScaledClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M-07: it may be the place where it goes on that the venue does not know any more."""
    monkeypatch.setattr(rest, "MAX_PAGES", 1)
    account.profile = Account.Profile.ACTIVE
    await database.run(account.save)
    order = held.order("ETHUSDT", "long", "2", "2500")
    for _ in range(120):
        held.fill(order, "0.01")
    async with following(account, quick):
        await observer.line(lambda line: any("many fills" in alert.text for alert in line.alerts))
        held.desk.faults.answers["order/fills"] = Answer("45001", 200, times=1)
        calls = calls_of(held, "order/fills")
        await wait_until(lambda: calls_of(held, "order/fills") >= calls + 2)
        asked = [call.path for call in held.desk.calls if "order/fills" in call.path]
    assert ["idLessThan" in path for path in asked[calls : calls + 2]] == [True, False]
