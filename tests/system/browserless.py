"""A client of the web process without a browser: logs in by the form, then listens on the dashboard's socket."""

import http.cookiejar
import json
import re
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

_TOPICS: Final = ("price", "trades", "candles", "venues", "health")


def log_in(port: int, username: str, password: str) -> str:
    """The cookie header of a logged-in session."""
    base = f"http://127.0.0.1:{port}"
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{base}/login/", timeout=10).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token, page
    form = {"username": username, "password": password, "csrfmiddlewaretoken": token[1]}
    answer = browser.open(f"{base}/login/", urllib.parse.urlencode(form).encode(), timeout=10)
    assert "/login" not in answer.url, "the login was refused"
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


@dataclass
class Listener:
    """Keeps every message of the dashboard's socket, and says what the page does."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    def trades(self) -> list[dict[str, Any]]:
        """Every trade that was pushed, with its instrument, in order, as often as it was pushed."""
        told = [message for message in self.messages if message["type"] == "trades"]
        return [{**trade, "instrument": message["instrument"]} for message in told for trade in message["trades"]]

    def read(self, socket: ClientConnection) -> None:
        for number, frame in enumerate(socket, 1):
            for message in json.loads(frame):
                self.messages.append(message)
                if message["type"] == "hello":
                    socket.send(json.dumps({"type": "subscribe", "topics": [{"topic": name} for name in _TOPICS]}))
                if message["type"] == "tick":
                    socket.send(json.dumps({"type": "pong", "frames": number}))


@contextmanager
def listening(port: int, username: str, password: str) -> Iterator[Listener]:
    """A listener on the dashboard's socket for as long as the block lasts."""
    url, origin = f"ws://127.0.0.1:{port}/ws/dashboard/", f"http://127.0.0.1:{port}"
    listener, cookie = Listener(), {"Cookie": log_in(port, username, password)}
    with connect(url, origin=Origin(origin), additional_headers=cookie, proxy=None) as socket:
        thread = threading.Thread(target=listener.read, args=(socket,))
        thread.start()
        try:
            yield listener
        finally:
            socket.close()
            thread.join()
