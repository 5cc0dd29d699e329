"""The frames in tests/recordings/bitget and what the venue itself was recorded with, each with what it says."""

import json
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.real_input import RECORDINGS

FOLDER: Final = Path(__file__).parents[2] / "recordings" / "bitget"


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A frame as text, and the lines that `manage.py normalize` makes of it. `about` says what is special."""

    about: str
    frame: str
    lines: list[dict[str, Any]]


class Sample(msgspec.Struct, frozen=True):
    """A frame of the corpus beside the repository, with what others read in it."""

    id: str
    dir: str
    kind: str
    text: str
    expected: list[dict[str, Any]] = []
    stated: Any = None
    peer_parse: dict[str, Any] | None = None


def cases() -> dict[str, Case]:
    """Every case by its file's generation and what is special about it."""
    return {
        f"{file.stem}: {case.about}": case
        for file in sorted(FOLDER.glob("*.json"))
        for case in msgspec.json.decode(file.read_bytes(), type=list[Case])
    }


def samples() -> list[Sample]:
    """What the venue sent, one frame each; none where the corpus is missing."""
    files = sorted((RECORDINGS / "bitget").glob("samples-*.jsonl"))
    found = [msgspec.convert(json.loads(line), Sample) for file in files for line in file.read_text().splitlines()]
    return [sample for sample in found if sample.dir == "in"]
