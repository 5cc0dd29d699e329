"""The two sockets: of the pages, and of API clients. Both speak protocol 2; they differ in who may open them."""

import secrets
from typing import Final

from django.db import Error as DatabaseAway

from dashboard.manner import Manner
from dashboard.protocol import answers, bounds, codes
from dashboard.protocol.commands import Auth, Publish, Said
from dashboard.publication import encode, publication
from dashboard.sockets.conversation import Conversation
from dashboard.sockets.guard import AWAY
from dashboard.sockets.identity import Identity
from dashboard.sockets.login import Login, TokenLogin, bearer_of, session_of
from dashboard.sockets.station import STATION, Station
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown

# Each name has a window of its own in every process.
MOST_NAMES: Final = 32


class DashboardConsumer(Conversation):
    """A page of ours, in the browser of somebody who is logged in."""

    role = "dashboard"
    frame_limit = 4 * 1024

    def login(self) -> Login | None:
        return session_of(self.scope["headers"]) if self.handshake["has_own_origin"] else None

    def manner(self, identity: Identity) -> Manner:
        """As the page itself: by the same preference and the same header."""
        accepted = dict(self.scope["headers"]).get(b"accept-language", b"")
        return identity.reads.manner(accepted.decode("latin1"))

    def enter(self, login: Login) -> None:
        super().enter(login)
        if self.client:
            self._held.enter_context(self.station.pages.joined(self.client.user_id, self.writer.answer))


class ClientConsumer(Conversation):
    """A program with a token, or a page of ours. It may publish, if its owner may."""

    role = "client"
    frame_limit = bounds.FRAME_LIMIT

    def __init__(self, station: Station = STATION) -> None:
        super().__init__(station)
        self._names: set[str] = set()

    def login(self) -> Login | None:
        """A browser sends its cookie wherever a page wants: without an origin of ours it proves nothing."""
        headers = self.scope["headers"]
        if token := bearer_of(headers):
            return TokenLogin.of(token)
        return session_of(headers) if self.handshake["has_own_origin"] else None

    def await_login(self) -> bool:
        return True

    async def hear(self, said: Said) -> None:
        if isinstance(said, Auth):
            await self._log_in(said)
        else:
            await super().hear(said)

    async def hear_more(self, said: Said) -> None:
        if isinstance(said, Publish):
            await self._publish(said)
        else:
            await super().hear_more(said)

    async def _log_in(self, said: Auth) -> None:
        if self.identity is not None:
            raise ValueError("You are logged in already.")
        login = TokenLogin.of(said.token)
        try:
            is_welcome = await self.identify(login)
        except DatabaseAway:
            self.end(codes.NOT_AVAILABLE, f"{AWAY.text}.")
            return
        if is_welcome:
            self.enter(login)
        else:
            self.end(codes.NOT_LOGGED_IN, "This token is not valid, or not any more.")

    async def _publish(self, said: Publish) -> None:
        if not (self.identity and self.identity.may_publish):
            self.refuse(codes.NOT_ALLOWED, "You may not publish.", said.id)
            return
        if len(self._names | {said.name}) > MOST_NAMES:
            self.refuse(codes.TOO_MANY, f"A connection may publish under {MOST_NAMES} names.", said.id)
            return
        self._names.add(said.name)
        who, at = self.identity.username, self.station.clock.now()
        try:
            told = publication(secrets.token_hex(8), who, said.name, said.data, at)
        except ValueError as error:
            self.refuse(codes.BAD_FRAME, str(error), said.id)
            return
        store = LiveStore()
        try:
            await store.publish([encode(told)])
        except RedisDown:
            self.refuse(codes.NOT_AVAILABLE, "Nothing can be published: the store of live data is away.", said.id)
        else:
            self.writer.answer(answers.Accepted(id=said.id, topic=told.topic))
        finally:
            await store.close()
