"""What the loop of an account finds by REST that the stream did not tell. Ten of its seconds pass in one of ours."""

import asyncio

import pytest

from feeds.storage.database import DatabaseThread
from positions.models import Account, Drift, Position, PositionChange
from tests.clock import ScaledClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.server import Exchange
from tests.positions.conftest import CREDENTIALS
from tests.positions.observer import AccountObserver
from tests.positions.running import following
from tests.waiting import wait_for

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


async def test_key_that_only_rest_refuses_ends_the_line(
    held: DeskAccount, account: Account, observer: AccountObserver, quick: ScaledClock
) -> None:
    """B3: the venue leaves the socket open; nothing is believed of it any more."""
    async with following(account, quick):
        await observer.in_state("connected")
        held.card.is_revoked = True
        line = await observer.in_state("error")
        state = await observer.positions(lambda state: state.stale_since_at)
    assert "API key refused" in line.text
    assert [f"{each.size:f}" for each in state.positions] == ["0.5"]
