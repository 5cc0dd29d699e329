"""The line to the server: connects, and again after a cut. With feeds.connection.socket what imports websockets."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from random import random
from typing import Final, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from dashboard.listening.listener import Heard, Listener, Refused
from dashboard.protocol import codes
from feeds.clock import Clock
from feeds.errors import printable

# W-09, as in the browser.
RETRY_AFTER: Final = 5.0
JITTER: Final = 2.5
MOST_FAILURES: Final = 3
# Who is patient tries so often after that.
SLOW_RETRY_AFTER: Final = 60.0
# The server ticks once a second.
SILENT_AFTER: Final = 10.0
CLOSE_WITHIN: Final = 1.0
MOST_BYTES: Final = 4 * 1024 * 1024
# At DEBUG the library would print the token: its logger is quiet, whatever others are.
_QUIET: Final = logging.Logger("dashboard.listening.frames", logging.CRITICAL)
# What would be the same the next time.
_FINAL: Final = {
    codes.BAD_CLIENT: "it is not spoken to as it wants",
    codes.DISCONNECTED: "an operator ended the connection",
    codes.REPLACED: "this client is connected elsewhere",
    codes.NOT_LOGGED_IN: "the token is not valid, or not any more",
    codes.NOT_ALLOWED: "this may not be listened to any more",
}
_NOT_LET_IN: Final = (401, 403)


class Lost(Exception):
    """The connection could not be made or kept: one of several reasons, in words."""


class Address(NamedTuple):
    """`context` says whom to trust where the URL begins with wss."""

    url: str
    token: str
    context: ssl.SSLContext | None = None


class Line:
    """Tells `heard` of each frame, for as long as it takes."""

    def __init__(self, address: Address, heard: Callable[[Heard], None], clock: Clock) -> None:
        self._address = address
        self._heard = heard
        self._clock = clock

    async def follow(self, listener: Listener, *, is_patient: bool = False) -> None:
        """Until it is cancelled; without patience until Refused, or Lost, which is three failures in a row."""
        failures = 0
        while True:
            try:
                await self._listen(listener)
            except Lost as lost:
                failures = 0 if listener.is_served else failures + 1
                if failures >= MOST_FAILURES and not is_patient:
                    raise Lost(f"Connection lost after {failures} tries: {lost}.") from lost
                wait = RETRY_AFTER if failures < MOST_FAILURES else SLOW_RETRY_AFTER
                await self._wait(str(lost), wait)
            except Refused as refused:
                if not is_patient:
                    raise
                await self._wait(str(refused), SLOW_RETRY_AFTER)

    async def _wait(self, why: str, seconds: float) -> None:
        """Longer by some chance: all who were cut off at once do not come back at once."""
        wait = seconds + JITTER * random()  # noqa: S311
        self._heard(Heard([], [f"Not connected: {why}. Next try in {wait:.1f} s."], []))
        await self._clock.sleep(wait)

    async def _listen(self, listener: Listener) -> None:
        """One connection; always ends with Lost or Refused."""
        listener.connected()
        connection = await self._connect()
        try:
            while True:
                heard = listener.hear(await _receive(connection))
                self._heard(heard)
                for command in heard.commands:
                    await connection.send(command)
        except ConnectionClosed as closed:
            raise _end(closed, listener.farewell) from closed
        except ValueError as error:
            raise Lost(str(error)) from error
        finally:
            await connection.close()

    async def _connect(self) -> ClientConnection:
        is_encrypted = self._address.url.startswith("wss://")
        try:
            return await _Connect(
                self._address.url,
                additional_headers={"Authorization": f"Bearer {self._address.token}"},
                close_timeout=CLOSE_WITHIN,
                ping_interval=20,
                ping_timeout=10,
                max_size=MOST_BYTES,
                logger=_QUIET,
                ssl=self._address.context if is_encrypted else None,
                # Plain ws:// is for this machine.
                proxy=True if is_encrypted else None,
            )
        except InvalidStatus as error:
            raise _not_let_in(error.response.status_code) from error
        except ssl.SSLCertVerificationError as error:
            raise Refused(f"The server could not prove who it is: {error.verify_message}") from error
        except InvalidURI as error:
            raise Refused("This is no address of a WebSocket, such as ws://localhost:9886.") from error
        except (OSError, TimeoutError, InvalidHandshake, EOFError) as error:
            raise Lost(f"it cannot be reached: {printable(str(error) or type(error).__name__)}") from error


class _Connect(connect):
    """The token is for the server that was named: nobody is followed elsewhere."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def _receive(connection: ClientConnection) -> str | bytes:
    try:
        async with asyncio.timeout(SILENT_AFTER):
            return await connection.recv()
    except TimeoutError as error:
        raise Lost(f"nothing came for {SILENT_AFTER:.0f} s") from error


def _not_let_in(status: int) -> Exception:
    if status in _NOT_LET_IN:
        return Refused("The server does not let this token in: it is wrong, over or revoked, or there are too many.")
    return Lost(f"the server answered with HTTP {status}")


def _end(closed: ConnectionClosed, farewell: str) -> Exception:
    code = closed.rcvd.code if closed.rcvd else 1006
    said = printable(farewell or (closed.rcvd.reason if closed.rcvd else ""))
    if code in _FINAL:
        return Refused(f"The server closed the connection with {code}: {said or _FINAL[code]}")
    return Lost(f"the connection was closed with {code}" + (f": {said}" if said else ""))
