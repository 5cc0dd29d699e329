"""E18: every connection is cut after a day; it is rolled before that, with and without the venue's warning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest

from feeds.venues.binance import Binance
from tests.exchange import tasks
from tests.exchange.connection import Connection
from tests.exchange.dialect import Close
from tests.faults.blindness import handovers, seams
from tests.faults.ground import Ground
from tests.faults.row import FaultMissing, Row, Run
from tests.faults.stage import Stage, stage
from tests.waiting import wait_until

LEAD: Final = Binance.code
# The day, and the ten minutes of its warning, by the feed's clock. It rolls a session a ninety-sixth of its life or
# more before its end.
DAY_S: Final = 300.0
WARNING_S: Final = DAY_S / 144
# Most of the day is compressed. Its end, from before a roll may begin, is less so, or a busy machine has no time for a
# handshake: three seconds of ours are one and a half.
SPEED, UNHURRIED = 12.0, 2.0
EVENING_S: Final = DAY_S * 0.96
LOOK_EVERY_S: Final = 0.02
# In each run: thirty of them are more than fifty.
ROLLS: Final = 2
ROLLED_WITHIN_S: Final = 90.0


async def _play(ground: Ground) -> Run:
    warning = WARNING_S if ground.number % 2 else 0.0
    async with stage(ground, speed=SPEED, slowest=UNHURRIED) as on:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Binance, "life_after", DAY_S)
            async with _ending_days(on, warning), on.feeding(LEAD):
                await wait_until(lambda: len(on.cuts(LEAD)) >= ROLLS, ROLLED_WITHIN_S)
                await on.delivered(3)
        return await _run(on)


@asynccontextmanager
async def _ending_days(on: Stage, warning: float) -> AsyncIterator[None]:
    """The venue cuts what is a day old, as long as the block lasts."""
    ending = tasks.start(_end_days(on, warning))
    try:
        yield
    finally:
        await tasks.stop([ending])


async def _end_days(on: Stage, warning: float) -> None:
    warned: set[int] = set()
    while True:
        ages = {each: _age(on, each) for each in on.exchange.open_connections if each.venue == LEAD}
        on.clock.change(UNHURRIED if max(ages.values(), default=0.0) >= EVENING_S else SPEED)
        for connection, age in ages.items():
            if age >= DAY_S:
                connection.do([Close(1001, "Going away")])
            elif age >= DAY_S - warning and connection.number not in warned:
                warned.add(connection.number)
                connection.give_notice()
        await asyncio.sleep(LOOK_EVERY_S)


def _age(on: Stage, connection: Connection) -> float:
    return (on.clock.now() - connection.opened_at).total_seconds()


async def _run(on: Stage) -> Run:
    connections = [each for each in on.exchange.connections if each.venue == LEAD]
    if len(connections) <= ROLLS:
        raise FaultMissing("no connection was rolled")
    codes = {each.close_code for each in connections}
    complaints = [f"a connection was cut with {code}" for code in codes - {1000}]
    if moves := handovers(await on.shown()):
        complaints.append(f"the price moved to {moves[0].to_venue}")
    blind = max(seams(on.exchange.ledger, LEAD), default=None)
    return (await on.books()).as_run(blind, *complaints)


ROW = Row("E18", "the 24 hours of a connection, two rolls in each run", "s", 0.0, _play, within=120.0)
