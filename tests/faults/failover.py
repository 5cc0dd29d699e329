"""A run in which the leading venue fails: it strikes, another venue is shown, and the first one comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from tests.faults.blindness import handovers
from tests.faults.row import Run
from tests.faults.stage import STANDBYS, Stage

LEAD: Final = "binance"
LEFT_WITHIN_S: Final = 10.0
# A venue that failed a few times in a row is tried again after a few seconds.
BACK_WITHIN_S: Final = 20.0

Step = Callable[[], Awaitable[None]]


async def fail_over(on: Stage, strike: Step, heal: Step, standbys: int = STANDBYS) -> Run:
    """`strike` begins the fault, and proves that it did; `heal` ends it. The figure is the blind time."""
    async with on.feeding(LEAD, standbys):
        await strike()
        await on.left(LEAD, LEFT_WITHIN_S)
        await on.delivered(1, without=LEAD)
        await heal()
        await on.back(LEAD, BACK_WITHIN_S)
    return await blind_run(on)


async def blind_run(on: Stage, *complaints: str) -> Run:
    """What a run came to in which the price was to move once, away from the leading venue."""
    moves = handovers(await on.shown())
    left = [move for move in moves if move.from_venue == LEAD]
    path = ", ".join(f"{move.from_venue} to {move.to_venue}" for move in moves)
    found = [] if len(moves) == len(left) == 1 else [f"the price moved {len(moves)} times: {path or 'never'}"]
    return (await on.books()).as_run(max((move.blind for move in left), default=None), *complaints, *found)
