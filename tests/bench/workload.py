"""The frames that everyone reads: from recordings where they are beside the project, else generated."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from feeds.types import Quote, Trade
from feeds.venues import REGISTRY
from tests.bench.generated import generate
from tests.bench.worker import Frame
from tests.exchange.recording import read_recording

RECORDINGS = Path(__file__).resolve().parents[2].parent / "shared" / "recordings"

# One kind of frame to a workload, so that all peers do the same work. HTX quotes are absent: cryptofeed reads none.
WANTED = {
    ("binance", "trades"): re.compile(rb'^{"stream":"[^"]+@aggTrade"'),
    ("binance", "quotes"): re.compile(rb'^{"stream":"[^"]+@bookTicker"'),
    ("htx", "trades"): re.compile(rb'^{"ch":"market\.[^"]+\.trade\.detail"'),
}


@dataclass(frozen=True)
class Workload:
    venue: str
    kind: str
    frames: list[Frame]
    source: str

    @property
    def name(self) -> str:
        return f"{self.venue} {self.kind}"

    @property
    def symbols(self) -> list[str]:
        events = (event for frame in self.frames for event in REGISTRY[self.venue].parse(frame))
        return sorted({event.symbol for event in events if isinstance(event, Trade | Quote)})


def load_workload(venue: str, kind: str, recordings: Path = RECORDINGS) -> Workload:
    wanted = WANTED[venue, kind]
    frames = [frame for frame in _recorded(recordings / venue) if wanted.match(_content(frame))]
    if frames:
        return Workload(venue, kind, frames, f"{len(frames)} recorded frames")
    frames = generate(venue, kind)
    return Workload(venue, kind, frames, f"{len(frames)} generated frames (no recordings in {recordings / venue})")


def _recorded(folder: Path) -> Iterator[Frame]:
    for path in sorted(folder.glob("*.jsonl.gz")):
        if not path.name.endswith(".expected.jsonl.gz"):
            yield from (recorded.frame for recorded in read_recording(path))


def _content(frame: Frame) -> bytes:
    return frame.encode() if isinstance(frame, str) else gzip.decompress(frame)
