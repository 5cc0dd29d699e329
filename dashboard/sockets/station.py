"""What the sockets of one process share."""

from typing import Final

from dashboard.hub import Hub
from dashboard.sockets.directory import Directory
from dashboard.sockets.ear import Ear
from dashboard.sockets.herald import Herald
from dashboard.sockets.inspector import Inspector
from dashboard.sockets.pages import Pages
from dashboard.sockets.registry import Registry
from dashboard.sockets.rounds import Rounds
from dashboard.sources import open_source
from feeds.clock import Clock, SystemClock


class Station:
    """`clock` is for whoever looks at the sockets; the hub has one of its own."""

    def __init__(self, clock: Clock, hub: Hub | None = None) -> None:
        self.clock = clock
        self.hub = hub or Hub(SystemClock(), open_source)
        self.registry = Registry(clock)
        self.inspector = Inspector(clock)
        self.directory = Directory(clock)
        self.rounds = Rounds(clock)
        self._herald = Herald(self.registry, SystemClock())
        self.pages = Pages()
        self._ear = Ear(self._look, self.registry.disconnect, self.pages.tell_changed)

    def _look(self, user_id: int | None) -> None:
        """What a login may do is looked at here; whether it may see a dashboard its page asks."""
        self.inspector.look(user_id)
        self.pages.tell_rights(user_id)

    def wake(self) -> None:
        """Somebody is there: from now on others are told of it, and heard."""
        self._herald.begin()
        self._ear.begin()

    async def close_all(self, code: int, text: str) -> None:
        """The process ends: every socket is told so, and nobody is told of them any more."""
        await self.registry.close_all(code, text)
        await self._herald.stop()
        await self._ear.stop()


STATION: Final = Station(SystemClock())
