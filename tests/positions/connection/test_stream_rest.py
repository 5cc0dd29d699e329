"""What the loop of an account finds by REST that the stream did not tell. Ten of its seconds pass in one of ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from feeds.storage.database import DatabaseThread
from positions.models import Account, Drift, Position, PositionChange
from tests.clock import ScaledClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.bitget.faults import Answer
from tests.exchange.server import Exchange
from tests.positions.calling import calls_of
from tests.positions.conftest import CREDENTIALS
from tests.positions.observer import AccountObserver
from tests.positions.running import following
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_close_whose_push_was_lost_is_found_within_fifteen_seconds(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread, quick: ScaledClock
) -> None:
    """B6 B7 B-25: pongs flow, nothing else: two equal reads of REST close the position; a row says what differed."""
    async with following(account, quick):
        await observer.in_state("connected")
        held.close("BTCUSDT", "long", push=False)
        closed_at = quick.monotonic()
        await observer.positions(lambda state: state.is_known and not state.positions)
        assert quick.monotonic() - closed_at <= 15.0

        async def settled() -> Drift | None:
            return await database.run(Drift.objects.filter(settled_at__isnull=False).first)

        drift = await wait_for(settled)
    assert (drift.subject, drift.field) == ("position BTCUSDT long crossed", "size")
    assert (drift.stream_value, drift.rest_value) == ("0.5", "none")
    assert "REST" in drift.resolution
    change = await database.run(PositionChange.objects.filter(kind="closed").get)
    assert change.source == "rest"


async def test_lost_close_is_found_while_another_position_grows(
    desk: BitgetDesk, account: Account, observer: AccountObserver, database: DatabaseThread, quick: ScaledClock
) -> None:
    """B6 B7: a unified account whose pushes are all lost: one position is closed, another grows before each read."""
    key = (CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase)
    traded = desk.open_account(*key, kind="unified", uid="1001")
    traded.open("ETHUSDT", "long", "3", "2500")
    traded.open("BTCUSDT", "long", "1", "60000")

    async def grow() -> None:
        while True:
            traded.open("BTCUSDT", "long", "0.1", "60000", push=False)
            await quick.sleep(1.5)

    async with following(account, quick):
        await observer.in_state("connected")
        await observer.positions(lambda state: state.check.is_equal and len(state.positions) == 2)
        growing = asyncio.create_task(grow())
        traded.close("ETHUSDT", "long", push=False)
        closed_at = quick.monotonic()
        await observer.positions(lambda state: [each.symbol for each in state.positions] == ["BTCUSDT"])
        took = quick.monotonic() - closed_at
        growing.cancel()
    assert took <= 15.0
    drifts = await database.run(lambda: set(Drift.objects.values_list("subject", flat=True)))
    assert "position ETHUSDT long crossed" in drifts


async def test_one_read_that_differs_changes_nothing(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread, quick: ScaledClock
) -> None:
    """B7: REST says flat once, which is not so."""
    async with following(account, quick):
        await observer.in_state("connected")
        held.desk.faults.lies["all-position"] = []
        await observer.positions(lambda state: state.check.is_equal is False)
        del held.desk.faults.lies["all-position"]
        state = await observer.positions(lambda state: state.check.is_equal)
    assert [f"{each.size:f}" for each in state.positions] == ["0.5"]
    assert not await database.run(Drift.objects.exists)
    assert not await database.run(Position.objects.filter(size=0).exists)


async def test_one_read_beside_frames_that_make_no_sense_closes_nothing(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread, quick: ScaledClock
) -> None:
    """B7 M-08: on a line that is up a read is held against the stream, whatever else the stream says meanwhile."""
    async with following(account, quick):
        await observer.in_state("connected")
        await observer.positions(lambda state: state.check.is_equal)
        async with nonsense(held):
            held.desk.faults.lies["all-position"] = []
            await observer.positions(lambda state: state.check.is_equal is False)
            del held.desk.faults.lies["all-position"]
            state = await observer.positions(lambda state: state.check.is_equal)
    assert [f"{each.size:f}" for each in state.positions] == ["0.5"]
    assert not await database.run(PositionChange.objects.filter(kind="closed").exists)


async def test_rest_is_read_while_the_socket_is_down(
    exchange: Exchange,
    held: DeskAccount,
    account: Account,
    observer: AccountObserver,
    database: DatabaseThread,
    quick: ScaledClock,
) -> None:
    """M-07: the line is down and says so; what changes meanwhile is known, with its age, and is no drift."""
    async with following(account, quick):
        await observer.in_state("connected")
        exchange.faults.set("bitget", "refuse", status=503)
        held.cut()
        await observer.in_state("reconnecting")
        held.close("BTCUSDT", "long")
        state = await observer.positions(lambda state: not state.positions)
        assert state.stale_since_at is not None
        quick.change(30.0)
        line = await observer.line(lambda line: any(alert.kind == "exhausted" for alert in line.alerts), within=15.0)
        assert line.state == "error"
        # The next try is minutes away; REST is read again and again until then.
        held.open("ETHUSDT", "long", "1", "2500")
        await observer.positions(lambda state: state.positions)
        held.close("ETHUSDT", "long")
        await observer.positions(lambda state: not state.positions)
    assert not await database.run(Drift.objects.exists)


async def test_rest_that_does_not_answer_is_told_and_forgiven(
    exchange: Exchange, held: DeskAccount, account: Account, observer: AccountObserver, quick: ScaledClock
) -> None:
    """The stream goes on without it."""
    async with following(account, quick):
        await observer.in_state("connected")
        exchange.faults.set("bitget", "refuse_rest", status=503)
        line = await observer.line(lambda line: line.alerts)
        assert ([alert.kind for alert in line.alerts], line.state) == (["rest"], "connected")
        exchange.faults.clear("bitget", "refuse_rest")
        await observer.line(lambda line: not line.alerts)


async def test_one_question_that_fails_is_not_hidden_by_the_others(
    held: DeskAccount, account: Account, observer: AccountObserver, quick: ScaledClock
) -> None:
    """M-04 B6: the push of a close is lost too: what is shown is old, says so, and people are told why."""
    async with following(account, quick):
        await observer.in_state("connected")
        held.desk.faults.answers["all-position"] = Answer("45001", 200)
        held.close("BTCUSDT", "long", push=False)
        state = await observer.positions(lambda state: state.stale_since_at)
        assert [f"{each.size:f}" for each in state.positions] == ["0.5"]
        line = await observer.line(lambda line: line.alerts)
        assert [alert.kind for alert in line.alerts] == ["rest"]
        assert line.alerts[0].text.startswith("REST does not tell positions: the venue has trouble")
        assert (line.state, line.stale_since_at) == ("connected", None)


async def test_errors_in_a_row_are_an_alert_of_their_type(
    exchange: Exchange, held: DeskAccount, account: Account, observer: AccountObserver, quick: ScaledClock
) -> None:
    """B-12: the sixth raises it, though REST is asked more and more seldom; a minute without one ends it."""
    async with following(account, quick):
        await observer.in_state("connected")
        held.desk.faults.answers["all-position"] = Answer("45001", 200)
        failed_at = quick.monotonic()
        line = await observer.line(lambda line: any(each.kind == "api_errors" for each in line.alerts), within=15.0)
        # 1 + 2 + 4 + 8 + 16 s at the least that chance makes of it.
        assert quick.monotonic() - failed_at >= 0.8 * 31
        text = next(each.text for each in line.alerts if each.kind == "api_errors")
        assert text.startswith("BitGet's REST refused an answer 6 times in a row: the venue has trouble")
        quick.change(30.0)
        held.desk.faults.answers.clear()
        await observer.line(lambda line: not line.alerts, within=15.0)


async def test_most_of_a_limit_in_use_is_an_alert(
    held: DeskAccount, account: Account, observer: AccountObserver, quick: ScaledClock
) -> None:
    """B-24: at 80 %; the venue says itself that it is used up, and it is over when REST answers again."""
    async with following(account, quick):
        await observer.in_state("connected")
        held.desk.faults.answers["all-position"] = Answer("429", 429, 2, 1)
        line = await observer.line(lambda line: line.alerts)
        assert (line.alerts[0].kind, line.budget_used) == ("budget", 1.0)
        await observer.line(lambda line: not line.alerts)


async def test_frame_that_makes_no_sense_has_rest_asked_at_once(
    held: DeskAccount, account: Account, observer: AccountObserver
) -> None:
    """M-08: everything, although the balances have half a minute until their turn."""
    async with following(account):
        await observer.in_state("connected")
        await wait_until(lambda: calls_of(held, "order/fills"))
        calls = calls_of(held, "account/accounts")
        held.say({"instId": "BTCUSDT", "holdSide": "sideways"})
        await wait_until(lambda: calls_of(held, "account/accounts") > calls, within=3.0)


@asynccontextmanager
async def nonsense(held: DeskAccount) -> AsyncIterator[None]:
    """Frames that nobody understands, so many that some come during each read."""

    async def talk() -> None:
        while True:
            held.say({"instId": "BTCUSDT", "holdSide": "sideways"})
            await asyncio.sleep(0.002)

    talking = asyncio.create_task(talk())
    try:
        yield
    finally:
        talking.cancel()
