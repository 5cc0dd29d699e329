"""Where looks go: a terminal's screen, plain lines, or JSON for scripts."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live

from dashboard.terminal.contact import Contact
from dashboard.terminal.look import Look
from dashboard.terminal.screen import Screen
from dashboard.terminal.source import Site
from feeds.clock import SystemClock


class Face:
    """As a screen it is redrawn in place, and gives the terminal back as it was; otherwise each look is printed."""

    def __init__(self, site: Site, console: Console, *, is_live: bool, is_json: bool) -> None:
        self._site = site
        self._console = console
        self._screen = Screen(str(site), bool(site.token))
        self._live = Live(console=console, screen=True, auto_refresh=False) if is_live else None
        self._is_json = is_json
        self._clock = SystemClock()

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live:
            self._live.stop()

    def show(self, seen: Look | None, contact: Contact) -> None:
        now = self._clock.now()
        if self._live:
            width, height = self._console.size
            self._live.update(self._screen.drawn(contact, now, width, height), refresh=True)
        elif seen and self._is_json:
            self._print(seen.document(self._site, now).decode())
        elif seen:
            self._print(self._screen.plain(contact, now))

    def _print(self, text: str) -> None:
        """As it is: neither colours nor width are for whoever reads it."""
        self._console.file.write(f"{text}\n")
        self._console.file.flush()
