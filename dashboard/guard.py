"""The door of every socket: a login that still holds, small frames, not too many, not too often wrong."""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from typing import Any, Final

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError
from django.http import HttpRequest

from dashboard import messages
from feeds.clock import Clock, SystemClock

NOT_LOGGED_IN: Final = 4401
NOT_ALLOWED: Final = 4403
TOO_BIG: Final = 1009
BAD_CLIENT: Final = 1008
BROKEN: Final = 1011
FRAME_LIMIT: Final = 4096
# A client answers one tick a second; this allows twice that and a burst.
FRAMES: Final = 20
FRAMES_WITHIN: Final = 10.0
STRIKES: Final = 3
LOGIN_EVERY: Final = 5.0

User = AbstractBaseUser | AnonymousUser

logger = logging.getLogger(__name__)


class GuardedConsumer(AsyncWebsocketConsumer):
    """Lets in who is logged in, and only for as long as that is so. The origin was checked in asgi.py."""

    # No channel layer: a socket must open while Redis is down, and nothing is sent to a socket by name yet.
    channel_layer_alias = ""

    def __init__(self, clock: Clock | None = None, login_every: float = LOGIN_EVERY) -> None:
        super().__init__()
        self.clock = clock or SystemClock()
        self._login_every = login_every
        self._frames_at: deque[float] = deque(maxlen=FRAMES)
        self._strikes = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._is_open = False

    async def serve(self) -> None:
        """What the socket is for; runs until it closes. Override this."""
        raise NotImplementedError

    async def admit(self, user: User) -> bool:
        """Whether this user may be here, asked before the socket opens and again with each look at the login."""
        return True

    async def hear(self, text: str) -> None:
        """One frame of the client, within the bounds. Override this; raise ValueError for a bad one."""
        raise NotImplementedError

    async def connect(self) -> None:
        user = self.scope["user"]
        if user is None or not user.is_authenticated:
            await self.close(NOT_LOGGED_IN)
            return
        if not await self.admit(user):
            await self.close(NOT_ALLOWED)
            return
        await self.accept()
        self._is_open = True
        self._start(self._watch_login())
        self._start(self.serve())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if len(bytes_data or (text_data or "").encode()) > FRAME_LIMIT:
            await self.close(TOO_BIG, f"a frame may have {FRAME_LIMIT} bytes")
        elif self._is_too_fast():
            await self.close(BAD_CLIENT, f"more than {FRAMES} frames in {FRAMES_WITHIN:.0f} s")
        elif text_data is None:
            await self._strike("not_text", "Send text frames.")
        else:
            try:
                await self.hear(text_data)
            except ValueError as error:
                await self._strike("bad_frame", str(error))

    async def disconnect(self, code: int) -> None:
        self._is_open = False
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._end)
        self._tasks.append(task)

    def _end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            logger.error("a socket broke", exc_info=error)
            self._tasks.append(asyncio.create_task(self.close(BROKEN)))

    async def _watch_login(self) -> None:
        """Closes the socket after a logout or a new password, and when the user was switched off or may not be here."""
        key = self.scope["session"].session_key
        # Looked at as well as cancelled: asgiref may swallow a cancellation that comes during a database call.
        while self._is_open:
            await self.clock.sleep(self._login_every)
            try:
                user = await database_sync_to_async(_user_of)(key)
                is_admitted = user.is_authenticated and await self.admit(user)
            except DatabaseError:
                # An outage of the database is not a logout.
                continue
            if not user.is_authenticated:
                await self.close(NOT_LOGGED_IN, "logged out")
                return
            if not is_admitted:
                await self.close(NOT_ALLOWED, "not allowed any more")
                return

    def _is_too_fast(self) -> bool:
        now = self.clock.monotonic()
        is_full = len(self._frames_at) == FRAMES
        is_too_fast = is_full and now - self._frames_at[0] < FRAMES_WITHIN
        self._frames_at.append(now)
        return is_too_fast

    async def _strike(self, code: str, text: str) -> None:
        self._strikes += 1
        await self.send(f"[{messages.encoded(messages.Error(code=code, text=text))}]")
        if self._strikes >= STRIKES:
            await self.close(BAD_CLIENT, f"{STRIKES} bad frames")


def _user_of(session_key: str | None) -> User:
    """Asks as a page would: the session exists, its user is active, the password is still the same."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    return get_user(request)
