"""Reads recordings: `.jsonl` or `.jsonl.gz`, one frame a line, as a venue once sent them."""

from __future__ import annotations

import asyncio
import binascii
import gzip
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.exchange.dialect import Frame


class RecordingError(ValueError):
    """The file is not a recording; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class RecordedFrame:
    index: int  # among the inbound frames, from 0: reference answers count the same way
    after: float  # seconds since the first inbound frame
    frame: Frame


class Line(msgspec.Struct):
    dir: str = ""  # the meta line has none
    t: float | None = None
    text: str | None = None
    b64: str | None = None


def read_recording(path: Path) -> list[RecordedFrame]:
    """The inbound frames, in order."""
    try:
        return list(_inbound(_lines(path)))
    except (OSError, EOFError) as error:
        raise RecordingError(f"cannot read the recording {path}: {error}.") from error
    except (msgspec.DecodeError, binascii.Error, UnicodeDecodeError) as error:
        raise RecordingError(f"{path} is not a recording: {error}.") from error


async def pace(frames: Sequence[RecordedFrame], speed: float) -> AsyncIterator[RecordedFrame]:
    """The frames when they are due: as recorded at speed 1, at once at speed 0."""
    loop = asyncio.get_running_loop()
    started_at = loop.time()
    for recorded in frames:
        if speed:
            await asyncio.sleep(started_at + recorded.after / speed - loop.time())
        yield recorded


def _lines(path: Path) -> Iterator[Line]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in content.splitlines():
        if line.strip():
            yield msgspec.json.decode(line, type=Line)


def _inbound(lines: Iterator[Line]) -> Iterator[RecordedFrame]:
    started_at: float | None = None
    after = 0.0
    for index, line in enumerate(line for line in lines if line.dir == "in"):
        if line.t is not None:
            started_at = line.t if started_at is None else started_at
            after = line.t - started_at
        yield RecordedFrame(index, after, _content(line))


def _content(line: Line) -> Frame:
    return b64decode(line.b64, validate=True) if line.b64 is not None else line.text or ""
