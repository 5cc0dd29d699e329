"""A network between page and server that alters what the server says."""

import json
from collections.abc import Callable
from typing import Any, Final

from playwright.async_api import Page, WebSocketRoute

Said = dict[str, Any]
_SOCKET: Final = "**/ws/dashboard/**"


class Relay:
    """Hands everything on. `ticks` counts the server's ticks, per connection of the page."""

    def __init__(self, alter: Callable[[Said], Said]) -> None:
        self._alter = alter
        self.ticks: list[int] = []

    async def stand_before(self, page: Page) -> None:
        await page.route_web_socket(_SOCKET, self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        number = len(self.ticks)
        self.ticks.append(0)

        def hand_on(frame: str | bytes) -> None:
            messages = json.loads(frame)
            self.ticks[number] += sum(message["type"] == "tick" for message in messages)
            browser.send(json.dumps([self._alter(message) for message in messages]))

        server.on_message(hand_on)
