"""Who is connected to this process, by name and by user, and who was a moment ago. Asks nothing of Redis."""

import asyncio
import secrets
from contextlib import suppress
from typing import Final

from dashboard.protocol import codes
from dashboard.protocol.answers import RESUMABLE_S
from dashboard.sockets.client import Client, ClientLine, ClientState, Close
from feeds.clock import Clock

# A client that said goodbye is seen for so long, which is how often clients are told of.
CYCLE_S: Final = 2.0
MOST_ENDED: Final = 500
# Sockets that do not close within this are left to the server, which goes down.
CLOSE_WITHIN_S: Final = 3.0


class Registry:
    """Inside one asyncio loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Also those whose place another socket of the same client has taken, until they are closed.
        self._open: set[Client] = set()
        self._by_id: dict[str, Client] = {}
        # When each one ended, oldest first.
        self._ended_at: dict[Client, float] = {}
        # While somebody waits for the last socket to close.
        self._is_empty: asyncio.Event | None = None

    def open(self, kind: str, user_id: int, username: str, address: str, close: Close) -> Client:
        """A socket is open, of a client that is new until it says otherwise."""
        client = Client(secrets.token_urlsafe(12), kind, user_id, username, address, self._clock.now(), close)
        self._open.add(client)
        self._by_id[client.id] = client
        return client

    def resume(self, client: Client, client_id: str, messages: int = 0, errors: int = 0) -> Client | None:
        """The client that was opened just now is the one of this name, by a token that was checked.

        Its counts go on: from what is known of it here, else from what the token says. A socket of it that is still
        open is returned, to be closed. ValueError where the name is another user's.
        """
        before = self._by_id.get(client_id)
        if before is not None and before.user_id != client.user_id:
            raise ValueError("This client is another user's.")
        if before is client:
            return None
        if before is None or before.state is ClientState.DISCONNECTED:
            client.message_count += messages
            client.error_count += errors
        else:
            client.go_on(before)
        if before is not None:
            self._ended_at.pop(before, None)
        del self._by_id[client.id]
        client.id = client_id
        self._by_id[client_id] = client
        return before if before in self._open else None

    def ended(self, client: Client, code: int, by_us: bool) -> None:
        """Its socket is closed with this code, which we said or the client did. Once more changes nothing."""
        if client not in self._open:
            return
        self._open.remove(client)
        if self._is_empty and not self._open:
            self._is_empty.set()
        # Else another socket has taken its place.
        if self._by_id.get(client.id) is client:
            client.ended(code, by_us, self._clock.now())
            self._ended_at[client] = self._clock.monotonic()
            if len(self._ended_at) > MOST_ENDED:
                self._forget(next(iter(self._ended_at)))

    def live(self) -> int:
        """Sockets that are open."""
        return len(self._open)

    def find(self, client_id: str) -> Client | None:
        """Whoever is known by this name, connected or not."""
        return self._by_id.get(client_id)

    def of_user(self, user_id: int) -> list[Client]:
        """Those whose sockets are open."""
        return [client for client in self._open if client.user_id == user_id]

    def sockets(self) -> list[Client]:
        """Those whose sockets are open, in no order."""
        return list(self._open)

    def lines(self) -> list[ClientLine]:
        """Everybody who is to be seen, the newest first; forgets who is not any more."""
        self._sweep()
        clients = sorted(self._by_id.values(), key=lambda client: client.connected_at, reverse=True)
        return [client.line() for client in clients]

    def disconnect(self, client_id: str) -> None:
        """An operator wants it gone. Who was cut off already is waited for no more."""
        client = self._by_id.get(client_id)
        if client in self._open:
            client.close(codes.DISCONNECTED, "An operator closed this connection.")
        elif client is not None and client.state is not ClientState.DISCONNECTED:
            client.move(ClientState.DISCONNECTED)

    async def close_all(self, code: int, text: str, within_s: float = CLOSE_WITHIN_S) -> int:
        """Asks every open socket to close, and waits for them so long at most; how many are open still."""
        self._is_empty = asyncio.Event()
        for client in self.sockets():
            client.close(code, text)
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._open:
                    self._is_empty.clear()
                    await self._is_empty.wait()
        return self.live()

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        for client, ended_at in list(self._ended_at.items()):
            is_over = client.state is ClientState.DISCONNECTED
            if now - ended_at >= (CYCLE_S if is_over else RESUMABLE_S):
                self._forget(client)

    def _forget(self, client: Client) -> None:
        del self._ended_at[client]
        del self._by_id[client.id]
