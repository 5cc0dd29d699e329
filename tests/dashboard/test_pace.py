"""Ten frames a second for prices that come ten times a second: none waits for the one before."""

import pytest

from dashboard.audience import Interest
from dashboard.protocol.topics import Topic
from tests.clock import ManualClock
from tests.dashboard.desk import PRICES, Desk, now_in, price

HEALTH = Interest(Topic.HEALTH)
STEP_S = 0.01


class LateClock(ManualClock):
    """As a real one: whoever sleeps is woken a little late."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(max(seconds, 0) + 0.0013)


@pytest.mark.parametrize("every_steps", [10, 20, 13])
async def test_prices_are_as_late_as_the_reading_and_no_later(every_steps: int) -> None:
    """C1: p99 within 100 ms leaves no room for a distance between frames that adds up; ticks come in between."""
    desk = Desk(LateClock())
    outbox = desk.join(PRICES, HEALTH)
    told_at: dict[str, int] = {}
    waits = []
    for step in range(3000):
        if step % every_steps == 0:
            told_at[str(step)] = step
            desk.script.news = [price(str(step))]
        await desk.clock.advance(STEP_S)
        waits += [step - told_at[said["price"]] for said in now_in(outbox) if said["type"] == "price"]
    assert len(waits) > 0.97 * len(told_at)
    # A beat, and what a sleeper is late, in steps.
    assert max(waits[1:]) <= 4
