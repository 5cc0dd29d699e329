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

# Whose folder has another name.
FOLDERS = {"gateio": "gate"}
# One kind of frame to a workload, so that all peers do the same work. Of the quotes only Binance's come from a channel
# that we and the peers both read.
WANTED = {
    ("binance", "trades"): re.compile(rb'^{"stream":"[^"]+@aggTrade"'),
    ("binance", "quotes"): re.compile(rb'^{"stream":"[^"]+@bookTicker"'),
    ("kucoin", "trades"): re.compile(rb'"topic":"/market/match:'),
    ("bybit", "trades"): re.compile(rb'^{"topic":"publicTrade\.'),
    ("okx", "trades"): re.compile(rb'^{"arg":{"channel":"trades",.*"data":'),
    ("htx", "trades"): re.compile(rb'^{"ch":"market\.[^"]+\.trade\.detail"'),
    ("kraken", "trades"): re.compile(rb'^{"channel":"trade","type":"update"'),
    ("gateio", "trades"): re.compile(rb'"channel":"spot\.trades","event":"update"'),
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
    folder = recordings / FOLDERS.get(venue, venue)
    frames = [frame for frame in _recorded(folder) if wanted.search(_content(frame))]
    if frames:
        return Workload(venue, kind, frames, f"{len(frames)} recorded frames")
    frames = generate(venue, kind)
    return Workload(venue, kind, frames, f"{len(frames)} generated frames (no recordings in {folder})")


def _recorded(folder: Path) -> Iterator[Frame]:
    for path in sorted(folder.glob("*.jsonl.gz")):
        if not path.name.endswith(".expected.jsonl.gz"):
            yield from (recorded.frame for recorded in read_recording(path))


def _content(frame: Frame) -> bytes:
    return frame.encode() if isinstance(frame, str) else gzip.decompress(frame)
