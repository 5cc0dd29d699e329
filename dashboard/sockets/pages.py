"""The pages whose sockets are open here, to be told that a dashboard changed. Inside one asyncio loop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dashboard.protocol.answers import Changed

Tell = Callable[[Changed], None]


class Pages:
    def __init__(self) -> None:
        self._tells: set[Tell] = set()

    @contextmanager
    def joined(self, tell: Tell) -> Iterator[None]:
        """Told meanwhile."""
        self._tells.add(tell)
        try:
            yield
        finally:
            self._tells.discard(tell)

    @property
    def are_there(self) -> bool:
        return bool(self._tells)

    def tell_changed(self, dashboard: int, revision: int) -> None:
        """All of them, since numbers are no secret: a page knows which dashboard it shows."""
        for tell in list(self._tells):
            tell(Changed(dashboard=dashboard, revision=revision))
