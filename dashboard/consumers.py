"""The sockets: what a browser is served, on top of the guarded door."""

from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

import msgspec

from dashboard.banner import lines
from dashboard.guard import GuardedConsumer
from dashboard.hub import Hub, Hubs
from dashboard.outbox import TOO_SLOW, Outbox
from dashboard.parts import AlertLine
from dashboard.watch import WATCH
from feeds.clock import SystemClock

# Daphne buffers without bound for a browser that does not read (django/daphne#170). The answers to the ticks
# tell: without one for this long nothing more is sent, and after GONE_AFTER the socket is closed.
QUIET_AFTER: Final = 10.0
GONE_AFTER: Final = 30.0
_LOOK_EVERY: Final = 0.5


def notes() -> list[AlertLine]:
    """What is wrong below the feeds, as this process sees it."""
    return lines(WATCH.system(patience_s=0))


# One per web process.
HUBS: Final = Hubs(SystemClock(), notes)


class Pong(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="pong"):
    """A browser got a tick."""


class Painted(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="painted"):
    """A browser has just painted a price that was received then. One in a hundred is told of."""

    received_at: Annotated[datetime, msgspec.Meta(tz=True)]


class PageConsumer(GuardedConsumer):
    """Of a page that shows what its outbox is filled with. A browser that does not keep up has to go."""

    def __init__(self, **guard: Any) -> None:
        super().__init__(**guard)
        self._heard_at = self.clock.monotonic()

    def join(self) -> Outbox:
        """The outbox of this browser, which is filled from now on. Override this."""
        raise NotImplementedError

    def leave(self, outbox: Outbox) -> None:
        """Ends that. Override this."""
        raise NotImplementedError

    def paint(self, received_at: datetime) -> None:
        """The browser painted a price. Override this where that is measured."""

    async def serve(self) -> None:
        outbox = self.join()
        try:
            while frame := await outbox.take():
                await self.send(frame)
                await self._wait_for_answer(outbox)
            if outbox.closed:
                await self.close(*outbox.closed)
        finally:
            self.leave(outbox)

    async def hear(self, text: str) -> None:
        try:
            said = msgspec.json.decode(text, type=Pong | Painted)
        except msgspec.DecodeError as error:
            raise ValueError('Only {"type":"pong"} and {"type":"painted"} are understood here.') from error
        if isinstance(said, Pong):
            self._heard_at = self.clock.monotonic()
        else:
            self.paint(said.received_at)

    async def _wait_for_answer(self, outbox: Outbox) -> None:
        while not outbox.closed and (silence := self.clock.monotonic() - self._heard_at) > QUIET_AFTER:
            if silence > GONE_AFTER:
                outbox.close(*TOO_SLOW)
            else:
                await self.clock.sleep(_LOOK_EVERY)


class DashboardConsumer(PageConsumer):
    """The live page. docs/websocket.md says what it sends."""

    def __init__(self, hubs: Hubs = HUBS, **guard: Any) -> None:
        super().__init__(**guard)
        self._hubs = hubs
        self._hub: Hub | None = None

    def join(self) -> Outbox:
        asked = parse_qs(self.scope["query_string"].decode("ascii", "replace"))
        feed, instrument = (asked.get(name, [""])[0] for name in ("feed", "instrument"))
        self._hub, outbox = self._hubs.join(feed, instrument)
        return outbox

    def leave(self, outbox: Outbox) -> None:
        if self._hub:
            self._hubs.leave(self._hub, outbox)

    def paint(self, received_at: datetime) -> None:
        if self._hub:
            self._hub.delivery.painted(received_at)
