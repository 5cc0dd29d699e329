"""The answers of REST in tests/recordings/<venue>/rest, each with what it says."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from feeds.types import Trade
from feeds.venues.rest import Listed

FOLDER: Final = Path(__file__).parents[2] / "recordings"


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A good answer. `about` says what is special about it."""

    about: str
    body: str
    says: list[object]


class No(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer with its status, the status that it stands for, and the venue's words in it."""

    about: str
    status: int
    body: str
    refused_as: int
    words: str


def said(venue: str, kind: str) -> list[Said]:
    return msgspec.json.decode((FOLDER / venue / "rest" / f"{kind}.json").read_bytes(), type=list[Said])


def refusals(venue: str) -> list[No]:
    return msgspec.json.decode((FOLDER / venue / "rest" / "error.json").read_bytes(), type=list[No])


def times(case: Said) -> list[datetime]:
    return msgspec.convert(case.says, list[datetime])


def instruments(case: Said) -> list[Listed]:
    return [Listed(**one) for one in msgspec.convert(case.says, list[dict[str, Any]])]


def trades(case: Said) -> list[Trade]:
    return msgspec.convert(case.says, list[Trade], strict=False)


def bodies(venue: str) -> list[bytes]:
    """Every answer of a venue, good or not."""
    good = [case.body for kind in ("time", "instruments", "trades") for case in said(venue, kind)]
    return [body.encode() for body in [*good, *(case.body for case in refusals(venue))]]
