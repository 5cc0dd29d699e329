"""The bounds of every socket: a login that still holds, small frames, not too many, not too often wrong."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any, ClassVar, Final

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error as DatabaseAway
from structlog.contextvars import bind_contextvars

from dashboard.outbox import TOO_SLOW
from dashboard.protocol import codes
from dashboard.protocol.answers import Error, Hello, Renewal
from dashboard.protocol.commands import Pong, Said, decode
from dashboard.sockets.client import Client
from dashboard.sockets.door import Refusal, refuse
from dashboard.sockets.identity import Identity
from dashboard.sockets.limits import Strikes, TokenBucket
from dashboard.sockets.login import Login
from dashboard.sockets.resume import resume_token
from dashboard.sockets.seat import take_seat
from dashboard.sockets.station import STATION, Station
from dashboard.sockets.writer import Writer

# A client answers one tick a second, which costs nothing. Of all else it may say so many in so many seconds.
FRAMES: Final = 20
FRAMES_WITHIN: Final = 10.0
STRIKES: Final = 3
LOGIN_WITHIN: Final = 10.0
# Of a login in the handshake, for which daphne and many clients wait no longer than 5 s.
LOOKED_UP_WITHIN: Final = 4.0
AWAY: Final = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "Logins cannot be looked up now. Try again later")
IDLE_AFTER: Final = 300.0
RENEWAL_EVERY: Final = 60.0

logger = logging.getLogger(__name__)


class GuardedConsumer(AsyncWebsocketConsumer):
    """The door (sockets/door.py) looked at origin and address. Rights follow the inspector, deadlines the rounds."""

    # No channel layer: a socket opens and lives while Redis is down. What is told to sockets comes by control.py.
    channel_layer_alias = ""
    # As the registry calls it.
    role: ClassVar[str]
    frame_limit: ClassVar[int]

    def __init__(self, station: Station = STATION) -> None:
        super().__init__()
        self.station = station
        self.writer = Writer(station.clock, self.send, self.close)
        self.identity: Identity | None = None
        self.client: Client | None = None
        self._bucket = TokenBucket(FRAMES / FRAMES_WITHIN, FRAMES)
        self._strikes = Strikes(STRIKES)
        self._opened_at = self._heard_at = self._renewed_at = station.clock.monotonic()
        self._closed_with = 1006
        self._is_looked_up = False
        # What is given back when the socket is gone, each whatever becomes of the others.
        self._held = ExitStack()
        # Given back as soon as the socket is being closed.
        self._seat = self._held.enter_context(ExitStack())

    @property
    def handshake(self) -> Mapping[str, Any]:
        """What the door knows of it, beside what is standard."""
        scope: Any = self.scope
        known: Mapping[str, Any] = scope
        return known

    def login(self) -> Login | None:
        """Whose handshake this is; None where it does not say. ValueError where it makes no sense. Override this."""
        raise NotImplementedError

    def await_login(self) -> bool:
        """Whether the login may come with the first frame."""
        return False

    async def hear(self, said: Said) -> None:
        """One command of the client, within the bounds. Override this; raise ValueError for a bad one."""
        raise NotImplementedError

    def rights_changed(self) -> None:
        """`identity` is another one now. Override this."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._main = asyncio.current_task()
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            # By look(), because the client takes nothing.
            if not self.writer.is_closing:
                raise
        finally:
            self._held.close()

    async def dispatch(self, message: Any) -> None:
        """Channels would go into a thread before each frame, to close old connections of the database. Whoever asks
        it here does so by `database_sync_to_async`, which closes them itself.
        """
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        try:
            login = self.login()
            async with asyncio.timeout(LOOKED_UP_WITHIN):
                is_welcome = await self.identify(login) if login else self.await_login()
        except ValueError:
            is_welcome = False
        except (DatabaseAway, TimeoutError):
            # Not to be taken for a bad login, after which nobody tries again.
            await refuse(AWAY, {**self.handshake}, self.base_send)
            raise StopConsumer from None
        if not is_welcome:
            await self.close(codes.NOT_LOGGED_IN)
            return
        await self.accept()
        self._begin()
        if login:
            self.enter(login)

    async def identify(self, login: Login) -> bool:
        """Whether this login holds. Raises the database's error where that does not answer: it is no bad login."""
        self._is_looked_up = True
        try:
            self.identity = await self.station.inspector.ask(login)
        finally:
            self._is_looked_up = False
        return self.identity is not None

    def enter(self, login: Login) -> None:
        """From here on the client is somebody."""
        if (identity := self.identity) is None or self.writer.is_closing:
            return
        if (leave_seat := take_seat(identity.user_id, self.station.registry, self.station.clock)) is None:
            self.end(codes.TOO_MANY, "You have too many open connections. Close one first.")
            return
        self._seat.callback(leave_seat)
        who = identity.user_id, identity.username, str(self.handshake["address"])
        self.client = self.writer.client = self.station.registry.open(self.role, *who, self.end)
        bind_contextvars(client=self.client.id)
        self._held.callback(self._end_client, self.client)
        self._held.callback(self.station.inspector.watch(login, self._take_identity))
        self.station.wake()
        now, token = self.station.clock.now(), self._resume_token(self.client)
        self.writer.answer(Hello(now=now, client=self.client.id, user=identity.username, resume=token))

    def end(self, code: int, text: str) -> None:
        """Says why, and closes the socket. Who comes instead need not wait for the good-byes."""
        self.writer.end(code, text)
        self._seat.close()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self._heard_at = self.station.clock.monotonic()
        if self.writer.is_closing:
            return
        if len(bytes_data or (text_data or "").encode(errors="surrogatepass")) > self.frame_limit:
            self.end(codes.TOO_BIG, f"A frame may have {self.frame_limit} bytes.")
            return
        try:
            said = decode(_text(text_data))
            is_answer = isinstance(said, Pong) and self.writer.answered(said.frames)
        except ValueError as error:
            if self._is_allowed():
                self._strike(str(error))
            return
        if is_answer or self._is_allowed():
            await self._take(said)

    async def disconnect(self, code: int) -> None:
        self._closed_with = code

    def look(self) -> None:
        """Once a second: whether the client keeps its side."""
        now = self.station.clock.monotonic()
        if self.writer.is_overdue and self._main:
            self._main.cancel()
        elif self.writer.is_closing:
            return
        elif self.identity is None and now - self._opened_at > LOGIN_WITHIN:
            self._end_nobody()
        elif self.writer.is_unanswered:
            self.end(*TOO_SLOW)
        elif now - self._heard_at > IDLE_AFTER:
            self.end(codes.IDLE, f"Nothing was heard of you for {IDLE_AFTER:.0f} s.")
        elif self.client and now - self._renewed_at > RENEWAL_EVERY:
            self.renew(self.client)

    def _end_nobody(self) -> None:
        if self._is_looked_up:
            self.end(codes.NOT_AVAILABLE, f"{AWAY.text}.")
        else:
            self.end(codes.NOT_LOGGED_IN, f"Nobody logged in within {LOGIN_WITHIN:.0f} s.")

    def renew(self, client: Client) -> None:
        """A resume token that is young, and names the client as it is called now."""
        self._renewed_at = self.station.clock.monotonic()
        self.writer.answer(Renewal(resume=self._resume_token(client)))

    def _begin(self) -> None:
        self.station.rounds.join(self.look)
        self._held.callback(self.station.rounds.leave, self.look)
        self._held.callback(self.station.hub.leave, self.writer.outbox)
        writing = asyncio.create_task(self.writer.run(), name="a socket's writer")
        writing.add_done_callback(self._broke)
        self._held.callback(writing.cancel)

    async def _take(self, said: Said) -> None:
        if self.client:
            self.client.heard(self.station.clock.now())
        try:
            await self.hear(said)
        except ValueError as error:
            self._strike(str(error))

    def _is_allowed(self) -> bool:
        if self._bucket.take(self.station.clock.monotonic()):
            return True
        self.end(codes.BAD_CLIENT, f"More than {FRAMES} frames in {FRAMES_WITHIN:.0f} s.")
        return False

    def _strike(self, text: str) -> None:
        if self.client:
            self.client.erred(self.station.clock.now())
        if self._strikes.add():
            self.end(codes.BAD_CLIENT, f"{text} That was one bad frame too many.")
        else:
            self.writer.answer(Error(code=codes.BAD_FRAME, text=text))

    def _take_identity(self, identity: Identity | None) -> None:
        if identity is None:
            self.end(codes.NOT_LOGGED_IN, "Your login, or your token, does not hold any more.")
            return
        self.identity = identity
        self.rights_changed()

    def _resume_token(self, client: Client) -> str:
        now = self.station.clock.now()
        return resume_token(client.id, client.user_id, client.message_count, client.error_count, now)

    def _broke(self, task: asyncio.Task[None]) -> None:
        # Of a client that is gone, some servers raise OSError.
        if task.cancelled() or not (error := task.exception()) or isinstance(error, OSError):
            return
        logger.error("a socket broke", exc_info=error)
        self.end(codes.BROKEN, "This connection broke.")
        # Nobody is left to say so.
        closing = asyncio.create_task(self.close(codes.BROKEN))
        self._held.callback(closing.cancel)

    def _end_client(self, client: Client) -> None:
        ours = self.writer.outbox.closed
        self.station.registry.ended(client, ours[0] if ours else self._closed_with, by_us=ours is not None)


def _text(text: str | None) -> str:
    if text is None:
        raise ValueError("Send text frames.")
    return text
