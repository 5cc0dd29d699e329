"""What an invariant is told, and how it says that it does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NoReturn

from feeds.connection.effects import Effect
from feeds.connection.events import Event
from tests.simulation.store import State

if TYPE_CHECKING:
    from tests.simulation.session import FakeSession
    from tests.simulation.worker import Worker
    from tests.simulation.world import World


class Broken(Exception):
    """An invariant does not hold: its name, and what was seen instead."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name


class Invariant:
    """A sentence that has to be true at every moment. It hears what it wants to hear, and looks once a second."""

    name: ClassVar[str]

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def now(self) -> float:
        return self.world.schedule.now

    def break_off(self, text: str) -> NoReturn:
        raise Broken(self.name, text)

    def started(self, worker: Worker, fence: int) -> None:
        """A worker took the lease, and has a new supervisor."""

    def resumed(self, worker: Worker) -> None:
        """It slept, and wakes up."""

    def told(self, worker: Worker, event: Event) -> None:
        """Its supervisor was told something other than that data came; what it decided has not been done yet."""

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        """Its supervisor decided this, and it is being done."""

    def attempted(self, session: FakeSession) -> None:
        """A connection is tried at a venue."""

    def published(self, instrument: str, state: State) -> None:
        """Redis took a price."""

    def look(self) -> None:
        """Time has passed."""

    def look_back(self) -> None:
        """The run is over, and has been calm at the end."""
