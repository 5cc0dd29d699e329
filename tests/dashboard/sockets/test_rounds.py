"""The rounds: once a second a look at every socket."""

import asyncio
from typing import Any

from dashboard.sockets.rounds import Rounds
from tests.clock import ManualClock


async def test_a_look_that_raises_is_logged_and_the_others_go_on() -> None:
    """C6: one socket that breaks does not end the deadlines of all."""
    clock, looks, logged = ManualClock(), [], []
    rounds = Rounds(clock)

    def note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        logged.append(str(context.get("exception")))

    def break_down() -> None:
        raise RuntimeError("broken")

    def look() -> None:
        looks.append(clock.monotonic())

    asyncio.get_running_loop().set_exception_handler(note)
    rounds.join(break_down)
    rounds.join(look)
    await clock.advance(3)
    assert (looks, logged) == ([1, 2, 3], ["broken"] * 3)
    for each in (break_down, look):
        rounds.leave(each)
    await clock.advance(1)
    assert clock.sleepers == 0
