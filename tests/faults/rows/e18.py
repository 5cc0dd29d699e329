"""E18: every connection is cut after a day; it is rolled before that, with and without the venue's warning."""

from dataclasses import replace

import pytest

from feeds.venues.binance import Binance
from tests.exchange.dialects import DIALECTS
from tests.faults.blindness import handovers, seams
from tests.faults.ground import Ground
from tests.faults.row import FaultMissing, Row, Run
from tests.faults.stage import Stage, stage
from tests.waiting import wait_until

LEAD = Binance.code
# The day, and the ten minutes of its warning, in the feed's seconds: it looks at the age of its sessions once in a
# second, and rolls them a ninety-sixth of their life or more before its end. A day takes 25 of the world's seconds.
DAY_S = 300.0
WARNING_S = DAY_S / 144
SPEED = 12.0
# In each run: thirty of them are more than fifty.
ROLLS = 2


async def _play(ground: Ground) -> Run:
    warning = WARNING_S if ground.number % 2 else 0.0
    day = replace(DIALECTS[LEAD].limits, life_after=DAY_S, notice_before=warning).compressed(SPEED)
    async with stage(ground, speed=SPEED, limits={LEAD: day}) as on:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Binance, "life_after", DAY_S)
            async with on.feeding(LEAD):
                await wait_until(lambda: len(on.cuts(LEAD)) >= ROLLS, within=2 * ROLLS * DAY_S / SPEED)
                await on.delivered(3)
        return await _run(on)


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
