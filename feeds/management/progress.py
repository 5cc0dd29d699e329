"""How far a backfill is, for people: a bar at a terminal, else plain lines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from feeds.clock import Clock
from feeds.models import Backfill

LINE_EVERY_S: Final = 5.0


class Face(Protocol):
    def say(self, text: str) -> None:
        """What it waits for; "" when it goes on."""

    def show(self, row: Backfill) -> None:
        """How far it is now."""


@contextmanager
def face_of(row: Backfill, console: Console, clock: Clock) -> Iterator[Face]:
    if not console.is_terminal:
        yield Lines(row, lambda text: console.print(text, soft_wrap=True, markup=False, highlight=False), clock)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[said]}"), console=console) as bars:
        yield Bar(row, bars)


class Bar:
    def __init__(self, row: Backfill, bars: Progress) -> None:
        self._bars = bars
        self._task = bars.add_task(_name(row), total=1.0, said="")

    def say(self, text: str) -> None:
        self._bars.update(self._task, said=text)

    def show(self, row: Backfill) -> None:
        self._bars.update(self._task, completed=row.progress, description=f"{_name(row)}, {row.stored} trades")


class Lines:
    """One for each wait, and one every five seconds."""

    def __init__(self, row: Backfill, write: Callable[[str], None], clock: Clock) -> None:
        self._name = _name(row)
        self._write = write
        self._clock = clock
        self._said = ""
        self._next_at = clock.monotonic() + LINE_EVERY_S

    def say(self, text: str) -> None:
        if text not in ("", self._said):
            self._write(f"{self._name}: {text}")
        self._said = text

    def show(self, row: Backfill) -> None:
        if self._clock.monotonic() >= self._next_at:
            self._next_at = self._clock.monotonic() + LINE_EVERY_S
            self._write(f"{self._name}: {row.progress:.0%}, {row.stored} trades")


def _name(row: Backfill) -> str:
    return f"{row.venue_id} {row.instrument_id}"
