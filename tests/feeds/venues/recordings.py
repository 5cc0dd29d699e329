"""The frames in tests/recordings, each with the events that it stands for."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from feeds.types import Notice, Pong, Quote, Refused, Reply, Subscribed, Trade, Welcome
from feeds.venues.base import Frame

FOLDER: Final = Path(__file__).parents[2] / "recordings"
NOW: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_KINDS: Final = (Trade, Quote, Subscribed, Refused, Reply, Welcome, Pong, Notice)
_EVENTS: Final = {kind.__name__.lower(): kind for kind in _KINDS}


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One frame as text, and what it says: event names with their fields, in order. `about` says what is special."""

    about: str
    frame: str
    events: list[dict[str, dict[str, object]]]

    def expected(self) -> list[object]:
        return [
            msgspec.convert(fields, _EVENTS[name], strict=False)
            for event in self.events
            for name, fields in event.items()
        ]


def on_the_wire(venue: str, text: str) -> Frame:
    """HTX packs every frame; the others send text."""
    return gzip.compress(text.encode("utf-8", "surrogatepass"), mtime=0) if venue == "htx" else text


def cases(venue: str) -> dict[str, Case]:
    """Every case of a venue by its file's kind and what is special about it."""
    files = sorted((FOLDER / venue).glob("*.json"))
    return {
        f"{file.stem}: {case.about}": case
        for file in files
        for case in msgspec.json.decode(file.read_bytes(), type=list[Case])
    }
