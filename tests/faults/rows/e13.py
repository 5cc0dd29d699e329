"""E13: RST at a random byte of the stream, then inside the way in."""

from random import Random

from tests.faults.failover import LEAD, fail_over
from tests.faults.ground import Ground
from tests.faults.proxy import Proxy
from tests.faults.row import Row, Run
from tests.faults.stage import Stage, stage
from tests.faults.toxics import after, clean, reset

# About a second of the stream, and the answers to a handshake and to a subscription.
STREAM_BYTES = 5_000
WAY_IN_BYTES = 250


async def _reset(on: Stage, line: Proxy, chance: Random) -> None:
    line.toxic = after(chance.randrange(STREAM_BYTES), reset)
    await on.proved(lambda: line.broken, "no connection was reset")
    line.toxic = after(chance.randrange(WAY_IN_BYTES), reset)


async def _heal(on: Stage, line: Proxy) -> None:
    """Not before the venue was tried again, and the way in was cut off."""
    await on.proved(lambda: line.broken >= 2, "no way in was reset")
    line.toxic = clean


async def _play(ground: Ground) -> Run:
    async with stage(ground) as on, on.line_to(LEAD) as line:
        return await fail_over(on, lambda: _reset(on, line, ground.chance), lambda: _heal(on, line))


ROW = Row("E13", "RST at random bytes", "s", 0.5, _play)
