"""Who writes the newest price, and that it only gets newer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.invariants.base import Invariant
from tests.simulation.store import State

if TYPE_CHECKING:
    from tests.simulation.worker import Worker
    from tests.simulation.world import World


class OnePublisher(Invariant):
    """A fence belongs to one worker; each lease has a higher one; what Redis takes never has a lower one."""

    name = "one publisher"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._holders: dict[int, str] = {}
        self._highest: dict[str, tuple[int, int, int]] = {}

    def started(self, worker: Worker, fence: int) -> None:
        if fence <= max(self._holders, default=0):
            self.break_off(f"{worker.name} starts with fence {fence} after {max(self._holders)}")
        self._holders[fence] = worker.name

    def published(self, instrument: str, state: State) -> None:
        if self._holders.get(state.fence) != state.worker:
            self.break_off(f"{state.worker} writes with fence {state.fence}, which is not its own")
        # A Redis that comes back with old data takes what is older than what it had.
        now = (self.world.store.restores, state.fence, state.version)
        if now < self._highest.get(instrument, now):
            self.break_off(f"{instrument}: {state} was taken after {self._highest[instrument]}")
        self._highest[instrument] = now


class NeverOlder(Invariant):
    """As long as a price is of one venue, its trade ids only rise."""

    name = "never older"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._shown: dict[str, tuple[int, str, int]] = {}

    def published(self, instrument: str, state: State) -> None:
        now = (self.world.store.restores, state.venue, state.trade_id)
        former = self._shown.get(instrument)
        if former is not None and former[:2] == now[:2] and now[2] < former[2]:
            self.break_off(f"{instrument} of {state.venue} goes back from trade {former[2]} to {state.trade_id}")
        self._shown[instrument] = now
