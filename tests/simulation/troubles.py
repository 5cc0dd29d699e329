"""When the faults of the menu come and go: storms and calm in turn, and some that return on the beat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.simulation.faults.fault import Fault
from tests.simulation.faults.venue import flap
from tests.simulation.menu import MENU

if TYPE_CHECKING:
    from tests.simulation.world import World

FIRST_AFTER_S: Final = 20.0
# Seconds between two faults, and the seconds that one lasts: shortest, longest, and how likely.
PAUSES_S: Final = ((0.5, 10.0, 3), (10.0, 120.0, 4), (120.0, 500.0, 1))
LENGTHS_S: Final = ((0.2, 5.0, 3), (5.0, 40.0, 4), (40.0, 400.0, 2))
FLAPS: Final = ((10.0, 10.0), (90.0, 10.0), (320.0, 10.0), (400.0, 10.0), (650.0, 15.0))


class Troubles:
    """Every fault ends before the calm at the end begins."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = world.random
        self.begun: list[str] = []
        self._menu = [fault for fault in MENU for _ in range(fault.weight)]
        world.schedule.after(FIRST_AFTER_S, self._next)
        if self._random.random() < 0.5:
            self._flap()

    def _next(self) -> None:
        pause, length = self._pick(PAUSES_S), self._pick(LENGTHS_S)
        now, calm_from = self._world.schedule.now, self._world.calm_from
        if now >= calm_from:
            return
        self._begin(self._random.choice(self._menu), min(length, calm_from - now))
        self._world.schedule.after(pause, self._next)

    def _begin(self, fault: Fault, seconds: float) -> None:
        world = self._world
        self.begun.append(fault.name)
        world.record.note(world.schedule.now, "fault", f"{fault.name} for {seconds:.1f} s")
        if (end := fault.begin(world, seconds)) is not None:
            world.schedule.after(seconds, end)

    def _flap(self) -> None:
        """One of the best venues comes and goes on the beat, for the whole run."""
        world = self._world
        up, down = self._random.choice(FLAPS)
        venue = self._random.choice(world.policy.venues[:2]).code
        world.record.note(0.0, "fault", f"{venue} flaps: {up:g} s up, {down:g} s down")
        flap(world, venue, up, down)

    def _pick(self, ranges: tuple[tuple[float, float, int], ...]) -> float:
        shortest, longest, _ = self._random.choices(ranges, weights=[each[2] for each in ranges])[0]
        return self._random.uniform(shortest, longest)
