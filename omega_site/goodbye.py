"""The end of a program that has sockets: each of them is told, and closed with 1001."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from dashboard.protocol.codes import GOING_AWAY

# With what a server needs besides, less than the supervisor waits before it kills.
GOODBYE_WITHIN_S: Final = 2.0
# For signal.alarm: what cannot be cancelled, such as a thread in a call of the database, does not keep a program.
GONE_WITHIN_S: Final = 9
# Asks every open socket of this process to close, with a code and a text, and waits for them.
CloseAll = Callable[[int, str], Awaitable[object]]


async def say_goodbye(close_all: CloseAll) -> None:
    """Returns when all have closed, or in time all the same: what is open then is the server's to end."""
    with suppress(TimeoutError):
        async with asyncio.timeout(GOODBYE_WITHIN_S):
            await close_all(GOING_AWAY, "The server is going away. Come back in a moment.")
