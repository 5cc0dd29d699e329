"""Faults that all venues share: the market, or the line to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.simulation.faults.fault import Begin, End
from tests.simulation.faults.venue import trouble_of

if TYPE_CHECKING:
    from tests.simulation.world import World

QUIETER: Final = 12.0
# A stream that was quiet is given more time for a while (V-17).
AFTER_QUIET_S: Final = 180.0


def together(trouble: str) -> Begin:
    """All venues at once."""

    def begin(world: World, seconds: float) -> End:
        ends = [trouble_of(world, venue, trouble) for venue in world.venues.values()]

        def end() -> None:
            for each in ends:
                each()

        return end

    return begin


def swizzle_clog(world: World, seconds: float) -> None:
    """All links stop one by one, and are restored in an order of their own."""
    stops, returns = list(world.venues.values()), list(world.venues.values())
    world.random.shuffle(stops)
    world.random.shuffle(returns)
    for place, venue in enumerate(stops):
        world.schedule.after(seconds * place / 20, venue.begin, "unreachable")
    for place, venue in enumerate(returns):
        world.schedule.after(seconds * (10 + place) / 20, venue.end, "unreachable")


def quiet_market(world: World, seconds: float) -> End:
    """Nobody trades: nothing is wrong with any venue, and nothing is fresh."""
    for venue in world.venues.values():
        venue.slow_down(QUIETER)
    world.quiet_until = world.schedule.now + seconds + AFTER_QUIET_S

    def end() -> None:
        for venue in world.venues.values():
            venue.slow_down(1 / QUIETER)

    return end
