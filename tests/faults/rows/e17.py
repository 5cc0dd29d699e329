"""E17: the venue says that it will close in ten seconds, and does: a second session is up before that."""

from feeds.venues.binance import Binance
from tests.exchange.connection import Connection
from tests.exchange.dialect import Close
from tests.faults.blindness import handovers, seams
from tests.faults.ground import Ground
from tests.faults.row import Row, Run
from tests.faults.stage import Stage, stage
from tests.waiting import wait_until

LEAD = Binance.code
# A warning in the first minute of a connection is sat out: that minute is compressed, what comes then is less so, or
# a busy machine has no time for a handshake.
SPEED, UNHURRIED = 10.0, 2.0
SAT_OUT_S = 61.0
NOTICE_S = 10.0


async def _play(ground: Ground) -> Run:
    async with stage(ground, speed=SPEED, slowest=UNHURRIED) as on:
        async with on.feeding(LEAD):
            await on.clock.sleep(SAT_OUT_S)
            on.clock.change(UNHURRIED)
            warned = next(each for each in on.exchange.open_connections if each.venue == LEAD)
            on.exchange.faults.set(LEAD, "notice")
            await on.proved(lambda: on.exchange.faults.hits[LEAD, "notice"], "nobody was warned")
            await on.clock.sleep(NOTICE_S)
            warned.do([Close(1001, "Going away")])
            await wait_until(lambda: not warned.is_open)
            await on.delivered(3)
        return await _run(on, warned)


async def _run(on: Stage, warned: Connection) -> Run:
    complaints = []
    if warned.close_code != 1000:
        complaints.append(f"the warned session was not left, but closed with {warned.close_code}")
    if moves := handovers(await on.shown()):
        complaints.append(f"the price moved to {moves[0].to_venue}")
    blind = max(seams(on.exchange.ledger, LEAD), default=None)
    return (await on.books()).as_run(blind, *complaints)


ROW = Row("E17", "announced end: a second session before the first one ends", "s", 0.0, _play)
