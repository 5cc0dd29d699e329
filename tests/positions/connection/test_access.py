"""What a key may do, judged each time that a line is opened with it: it need not have come through the admin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from feeds.storage.allowance import Allowance
from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from positions.admin.trial import keep, try_key, verdict_of
from positions.board.board import Board
from positions.connection.access import Access
from positions.connection.around import Around
from positions.connection.condition import Remedy
from positions.connection.intake import Intake
from positions.connection.report import Report
from positions.errors import AccountRefused, Failure
from positions.keys.verdict import Outcome, Verdict
from positions.models import Account, StreamEvent
from positions.queries import account_plan
from positions.storage.journal import AccountJournal
from tests.clock import ManualClock, ScaledClock
from tests.exchange.bitget.account import DeskAccount
from tests.positions.conftest import CREDENTIALS
from tests.positions.observer import AccountObserver
from tests.positions.running import following
from tests.waiting import finish, wait_for


async def test_key_that_may_trade_is_not_logged_in_with(
    held: DeskAccount, account: Account, observer: AccountObserver
) -> None:
    """B12: nothing is believed of its account, and the line says why."""
    held.card.rights = ("read", "trade")
    async with following(account):
        line = await observer.in_state("error", within=5.0)
    assert "This key may trade." in line.text
    assert not held.desk.logins


async def test_reason_lets_it_in(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """B12: as the account's row has it."""
    held.card.rights = ("read", "trade")
    said = {"override_rights": ["trade"], "override_reason": "it is the only one"}
    await database.run(lambda: Account.objects.update(**said))
    async with following(account):
        await observer.in_state("connected")


@pytest.mark.parametrize(("days", "alerts"), [(9, ["key_ends"]), (30, [])])
async def test_end_of_a_key_is_an_alert_before(
    held: DeskAccount,
    account: Account,
    observer: AccountObserver,
    database: DatabaseThread,
    days: int,
    alerts: list[str],
) -> None:
    """D-04: two weeks before, and not sooner."""
    expires_at = datetime.now(UTC) + timedelta(days=days)
    await database.run(lambda: Account.objects.update(expires_at=expires_at))
    async with following(account):
        line = await observer.in_state("connected")
    assert [alert.kind for alert in line.alerts] == alerts


async def test_verdict_of_an_opened_line_is_kept(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """D-04: the key need not have come through the admin; a revoked one is refused from then on."""
    async with following(account):
        await observer.in_state("connected")

        async def kept() -> Verdict | None:
            await database.run(account.refresh_from_db)
            return verdict_of(account)

        taken = await wait_for(kept)
        assert account.checked_at is not None
        held.revoke()
        await observer.in_state("error", within=5.0)
    await database.run(account.refresh_from_db)
    refused = verdict_of(account)
    assert (taken.outcome, taken.rights) == (Outcome.TAKEN, ("read",))
    assert refused is not None
    assert (refused.outcome, refused.problems[0][:15]) == (Outcome.REFUSED, "API key refused")


async def test_address_that_a_worker_has_not_refuses_a_key_that_was_taken(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """B4: "not checked from here" is for who only serves pages."""
    held.card.addresses = ("192.0.2.1",)
    taken = {"outcome": "taken", "problems": [], "warnings": [], "rights": ["read"]}
    await database.run(lambda: Account.objects.update(verdict=taken))
    async with following(account):
        await observer.in_state("error", within=5.0)
    await database.run(account.refresh_from_db)
    assert account.verdict["outcome"] == "refused"
    assert "our IP address is not on the key's list" in account.verdict["problems"][0]


async def test_key_that_was_mended_at_the_venue_is_taken_after_a_test(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread, quick: ScaledClock
) -> None:
    """M-09 B4: the page's test says so, and the line that gave up asks again."""
    held.card.addresses = ("192.0.2.1",)
    async with following(account, quick):
        await observer.in_state("error")
        held.card.addresses = ()
        assert await database.run(_test, account.pk)
        line = await observer.in_state("connected")
    assert line.alerts == []


def _test(pk: int) -> bool:
    """As the button does it."""
    account = Account.objects.get(pk=pk)
    return keep(account, try_key(account, CREDENTIALS))


@asynccontextmanager
async def entering(
    account: Account, database: DatabaseThread, redis_server: str, clock: ManualClock
) -> AsyncIterator[Access]:
    """By the test's clock; what it journals is written at the end."""
    plan = await database.run(account_plan, account.pk)
    assert plan is not None
    store, board = LiveStore(redis_server), Board(plan, 1, clock)
    journal = AccountJournal(plan.id, database, clock)
    report = Report(plan.id, board, journal, clock)
    around = Around(Intake(board, journal, clock), board, journal, report, Allowance(store, clock), clock)
    yield Access(plan, CREDENTIALS, around)
    await journal.finish()
    await store.close()


async def test_key_that_its_line_gave_up_is_not_asked_with(
    held: DeskAccount, account: Account, database: DatabaseThread, redis_server: str, clock: ManualClock
) -> None:
    """B3: the socket was refused; what REST was about to ask is not asked any more."""
    held.desk.clock = clock.now
    async with entering(account, database, redis_server, clock) as access:
        await access.enter(0.5)
        held.desk.calls.clear()
        access.correct(Remedy.PERSON, AccountRefused(Failure.CREDENTIALS, "30011", "API key refused"))
        with pytest.raises(AccountRefused, match="API key refused"):
            await access.client.positions()
    assert not access.is_open.is_set()
    assert not held.desk.calls


async def test_clock_that_was_set_right_is_noticed(
    held: DeskAccount, account: Account, database: DatabaseThread, redis_server: str, clock: ManualClock
) -> None:
    """B2: with the next measurement the alert is over, and nothing is corrected any more."""
    held.desk.clock = clock.now
    held.desk.faults.clock_offset = 60.0
    async with entering(account, database, redis_server, clock) as access:
        assert (await access.enter(0.5)).skew == pytest.approx(60.0, abs=0.01)
        held.desk.faults.clock_offset = 0.0
        await access.check()
        assert access.skew == pytest.approx(0.0, abs=0.01)
    alert = await database.run(StreamEvent.objects.filter(kind="alert").get)
    assert "60.0 s behind BitGet's" in alert.text
    assert alert.cleared_at is not None


async def test_rights_are_judged_again_when_a_line_is_opened_an_hour_later(
    held: DeskAccount, account: Account, database: DatabaseThread, redis_server: str, clock: ManualClock
) -> None:
    """B12: they can be changed at the venue; a line that comes back within the hour does not ask."""
    held.desk.clock = clock.now
    async with entering(account, database, redis_server, clock) as access:
        await access.enter(0.5)
        held.card.rights = ("read", "trade")
        await clock.advance(3599.0)
        await access.enter(0.5)
        await clock.advance(1.0)
        with pytest.raises(AccountRefused, match="This key may trade"):
            # Redis counts by its own clock, by which the first question was just now.
            await finish(access.enter(0.5), clock)


async def test_end_of_a_key_is_told_on_a_line_that_stays(
    held: DeskAccount, account: Account, database: DatabaseThread, redis_server: str, clock: ManualClock
) -> None:
    """D-04: although nobody logs in meanwhile."""
    held.desk.clock = clock.now
    expires_at = clock.now() + timedelta(days=15)
    await database.run(lambda: Account.objects.update(expires_at=expires_at))
    async with entering(account, database, redis_server, clock) as access:
        await access.enter(0.5)
        await clock.advance(86_400.0)
        await access.check()
    alert = await database.run(StreamEvent.objects.filter(kind="alert").get)
    assert alert.text.startswith("This key ends on")


async def test_line_ends_with_its_key(
    held: DeskAccount, account: Account, database: DatabaseThread, redis_server: str, clock: ManualClock
) -> None:
    """D-04: what is asked beside it says so, and the alert stays."""
    held.desk.clock = clock.now
    expires_at = clock.now() + timedelta(days=1)
    await database.run(lambda: Account.objects.update(expires_at=expires_at))
    async with entering(account, database, redis_server, clock) as access:
        await access.enter(0.5)
        await clock.advance(86_400.0)
        with pytest.raises(AccountRefused, match="This key ended on") as ended:
            await access.check()
    assert ended.value.failure.needs_person
    alert = await database.run(StreamEvent.objects.filter(kind="alert").get)
    assert alert.cleared_at is None
