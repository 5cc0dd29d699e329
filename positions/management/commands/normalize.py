"""`manage.py normalize VENUE FILE`: prints what a recording's frames say, one JSON object a line."""

import base64
import gzip
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from feeds.errors import BadFrame
from feeds.management.lines import as_json
from feeds.venues import REGISTRY
from feeds.venues.base import Frame
from positions.management.lines import as_lines
from positions.venues.bitget_bare import read_any

# The venue of private accounts; it is none of the feeds'.
ACCOUNTS = "bitget"


class _Line(msgspec.Struct):
    """A line of a recording; the meta line has none of these."""

    dir: str = ""
    text: str | None = None
    b64: str | None = None


class Command(BaseCommand):
    help = "Print what a recorded file of exchange frames says, one JSON object a line."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("venue", choices=sorted((*REGISTRY, ACCOUNTS)))
        parser.add_argument("file", type=Path, help="a recording: .jsonl or .jsonl.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        venue, path = options["venue"], options["file"]
        try:
            for number, frame in enumerate(_inbound_frames(path)):
                for said in _say(venue, frame):
                    self.stdout.write(msgspec.json.encode({"frame": number, **said}).decode())
        except (OSError, EOFError, ValueError) as error:
            raise CommandError(f"{path} is not a readable recording: {error}") from error


def _inbound_frames(path: Path) -> Iterator[Frame]:
    open_file = gzip.open if path.suffix == ".gz" else open
    with open_file(path, "rt", encoding="utf-8") as lines:
        for text in lines:
            line = msgspec.json.decode(text, type=_Line)
            if line.dir == "in":
                yield base64.b64decode(line.b64, validate=True) if line.b64 is not None else line.text or ""


def _say(venue: str, frame: Frame) -> Iterator[dict[str, object]]:
    try:
        yield from _lines(venue, frame)
    except BadFrame as error:
        yield {"type": "bad_frame", "reason": error.reason, "excerpt": error.excerpt}


def _lines(venue: str, frame: Frame) -> list[dict[str, object]]:
    """All of a frame before any of it is printed."""
    if venue == ACCOUNTS:
        return [line for event in read_any(frame) for line in as_lines(event)]
    return [as_json(event) for event in REGISTRY[venue].parse(frame)]
