"""A network between page and server: it alters what the server says, loses it, or breaks."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import Page, WebSocketRoute

Said = dict[str, Any]
_SOCKET: Final = "**/ws/dashboard/"
# As a browser calls an end without a word.
BROKEN: Final = 1006


def as_it_is(message: Said) -> Said:
    return message


@dataclass
class Connection:
    """One of the page: how often the server ticked, what the page said, and whether the page itself ended it."""

    page: WebSocketRoute
    ticks: int = 0
    said: list[Said] = field(default_factory=list)
    is_left: bool = False


class Relay:
    """Hands on what `alter` makes of each message of the server; None is lost.

    While it `is_down` nobody gets through; while it `is_mute` nobody hears what became of that. One that is silent
    loses everything, of the connections that it had, and its end.
    """

    def __init__(self, alter: Callable[[Said], Said | None] = as_it_is) -> None:
        self.alter = alter
        self.is_down = self.is_mute = False
        self.connections: list[Connection] = []
        self._silent: list[Connection] = []

    async def stand_before(self, page: Page) -> None:
        await page.route_web_socket(_SOCKET, self._connect)

    @property
    def ticks(self) -> list[int]:
        """Of the server, per connection of the page."""
        return [connection.ticks for connection in self.connections]

    def silence(self) -> None:
        """What is connected now stays so, and hears nothing more."""
        self._silent = list(self.connections)

    async def cut(self, code: int = BROKEN) -> None:
        await self.connections[-1].page.close(code=code)

    async def refuse(self, code: int, text: str) -> None:
        """Ends what is connected as the server does: it says why."""
        await self.say({"type": "error", "id": None, "code": code, "text": text})
        await self.cut(code)

    async def say(self, *messages: Said) -> None:
        """To the page, as if the server did."""
        self.connections[-1].page.send(json.dumps(messages))

    async def _connect(self, page: WebSocketRoute) -> None:
        connection = Connection(page)
        self.connections.append(connection)
        if self.is_down:
            await page.close(code=BROKEN)
            return
        if self.is_mute:
            return
        server = page.connect_to_server()

        def hear(frame: str | bytes) -> None:
            messages = json.loads(frame)
            connection.ticks += sum(message["type"] == "tick" for message in messages)
            altered = [said for message in messages if (said := self.alter(message))]
            if connection not in self._silent:
                page.send(json.dumps(altered))

        def say(frame: str | bytes) -> None:
            connection.said.append(json.loads(frame))
            if connection not in self._silent:
                server.send(frame)

        async def leave(code: int | None, reason: str | None) -> None:
            connection.is_left = True
            await server.close(code=code)

        async def end(code: int | None, reason: str | None) -> None:
            if connection not in self._silent:
                await page.close(code=code, reason=reason)

        server.on_message(hear)
        server.on_close(end)
        page.on_message(say)
        page.on_close(leave)
