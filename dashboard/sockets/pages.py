"""The pages whose sockets are open here, to be told of dashboards and rights. Inside one asyncio loop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dashboard.protocol.answers import Changed, Rights

Tell = Callable[[Changed | Rights], None]


class Pages:
    def __init__(self) -> None:
        # With the user of each.
        self._tells: dict[Tell, int] = {}

    @contextmanager
    def joined(self, user_id: int, tell: Tell) -> Iterator[None]:
        """Told meanwhile."""
        self._tells[tell] = user_id
        try:
            yield
        finally:
            del self._tells[tell]

    @property
    def are_there(self) -> bool:
        return bool(self._tells)

    def tell_changed(self, dashboard: int, revision: int) -> None:
        """All of them, since numbers are no secret: a page knows which dashboard it shows."""
        for tell in list(self._tells):
            tell(Changed(dashboard=dashboard, revision=revision))

    def tell_rights(self, user_id: int | None) -> None:
        """Those of this user, or of everybody (None)."""
        for tell, of_user in list(self._tells.items()):
            if user_id in (None, of_user):
                tell(Rights())
