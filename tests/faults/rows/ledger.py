"""LEDGER: every venue drops, repeats, shuffles and is cut; what happened is stored or in a gap, and never both."""

import os

from tests.faults.ground import Ground
from tests.faults.lossy import play
from tests.faults.row import Row, Run

# Of the world: how often a venue may be asked over REST is counted by Redis, whose clock nobody compresses.
SECONDS = float(os.environ.get("LEDGER_SECONDS", "600"))


async def _play(ground: Ground) -> Run:
    books = await play(ground.redis_url, SECONDS, seed=ground.number)
    return books.as_run(len(books.lost))


ROW = Row(
    "LEDGER",
    f"drops, repeats, shuffles and cuts at all venues for {SECONDS:g} s",
    "trades lost",
    0.0,
    _play,
    within=SECONDS + 120.0,
    runs=1,
)
