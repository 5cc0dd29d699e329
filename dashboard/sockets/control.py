"""What processes tell each other about their sockets: look at this user's login again, close that client, say that
this dashboard changed.

It goes through the channel layer, on one group that each process hears with one ear (ear.py). It is best effort: what
it brings about at once, the look every four seconds brings about without it, and a page asks for its dashboard's
revision whenever its line comes back.
"""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

import msgspec
from channels import DEFAULT_CHANNEL_LAYER
from channels.layers import channel_layers

from feeds.storage.redis import RedisDown, typed_errors

GROUP: Final = "sockets"
# So long Redis may take to pass one on.
WITHIN_S: Final = 2.0
# More do not wait: their sockets are looked at all the same.
MOST_WAITING: Final = 1000

logger = logging.getLogger(__name__)


class Control(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`look` is at these users' logins, None for everybody's; `disconnect` names clients; `changed` are dashboards,
    each with its revision. With nothing of it it is a beat.
    """

    sender: str
    look: list[int | None] = []
    disconnect: list[str] = []
    changed: list[tuple[int, int]] = []
    type: str = "control"


class Voice:
    """Says things to all processes: to its own at once, to the others from a thread. Never waits and never raises."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(8)
        # Of this process; each may be called from any thread.
        self.ears: set[Callable[[Control], None]] = set()
        self._lock = threading.Lock()
        self._looks: set[int | None] = set()
        self._disconnects: set[str] = set()
        # The newest revision of each dashboard.
        self._changed: dict[int, int] = {}
        self._thread: threading.Thread | None = None

    def look(self, user_id: int | None) -> None:
        self._say(Control(sender=self.name, look=[user_id]), partial(self._looks.add, user_id))

    def disconnect(self, client_id: str) -> None:
        self._say(Control(sender=self.name, disconnect=[client_id]), partial(self._disconnects.add, client_id))

    def change(self, dashboard: int, revision: int) -> None:
        said = Control(sender=self.name, changed=[(dashboard, revision)])
        self._say(said, partial(self._changed.__setitem__, dashboard, revision))

    def _say(self, said: Control, remember: Callable[[], None]) -> None:
        for hear in list(self.ears):
            hear(said)
        with self._lock:
            if len(self._looks) + len(self._disconnects) + len(self._changed) < MOST_WAITING:
                remember()
            if self._thread is None:
                self._thread = threading.Thread(target=self._send_all, name="voice of the sockets", daemon=True)
                self._thread.start()

    def _send_all(self) -> None:
        while said := self._next():
            try:
                with typed_errors():
                    asyncio.run(_send(said))
            except RedisDown as down:
                logger.warning("other processes were not told about sockets: %s", down)

    def _next(self) -> Control | None:
        """Everything that waits; None where nothing does, and then the thread ends."""
        with self._lock:
            waiting = self._looks, self._disconnects, self._changed
            if not any(waiting):
                self._thread = None
                return None
            changed = list(self._changed.items())
            said = Control(sender=self.name, look=[*self._looks], disconnect=[*self._disconnects], changed=changed)
            for each in waiting:
                each.clear()
            return said


VOICE: Final = Voice()


def tell_look(user_id: int | None) -> None:
    """This user, or everybody (None), may be logged out or may see less: looked at at once, in every process.

    Call it after the commit: what is looked at is the database.
    """
    VOICE.look(user_id)


def tell_disconnect(client_id: str) -> None:
    """Closes this client's socket, in whichever process it is."""
    VOICE.disconnect(client_id)


def tell_changed(dashboard: int, revision: int) -> None:
    """The pages that show this dashboard are of an old revision, in whichever process their sockets are.

    Call it after the commit: the page that is loaded again comes out of the database.
    """
    VOICE.change(dashboard, revision)


def open_layer() -> Any:
    """The channel layer with connections of its own, which can be thrown away."""
    return channel_layers.make_backend(DEFAULT_CHANNEL_LAYER)


async def close_layer(layer: Any) -> None:
    """Its server may hang."""
    with suppress(RedisDown), typed_errors():
        async with asyncio.timeout(WITHIN_S):
            await layer.flush()


async def say(layer: Any, said: Control) -> None:
    """To every process. RedisDown where it did not leave in time."""
    with typed_errors():
        async with asyncio.timeout(WITHIN_S):
            await layer.group_send(GROUP, msgspec.to_builtins(said))


async def _send(said: Control) -> None:
    layer = open_layer()
    try:
        await say(layer, said)
    finally:
        await close_layer(layer)
