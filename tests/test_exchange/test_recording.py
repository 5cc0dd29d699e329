"""Recordings come out of the replay exchange as they went in."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest

from tests.exchange.recording import RecordingError, read_recording
from tests.exchange.server import Exchange
from tests.real_input import RECORDINGS, needs_recordings
from tests.test_exchange.client import dial, hear, say, wait_until
from tests.test_exchange.venues import ask, greeted

# What is in every frame of market data and in no other.
MARKS = {
    "binance": '"stream"',
    "kucoin": '"subject"',
    "bybit": '"topic"',
    "okx": '"data"',
    "htx": '"ch"',
    "gateio": '"event":"update"',
}


def pack(message: dict[str, object]) -> bytes:
    return gzip.compress(json.dumps(message).encode(), mtime=0)


def write_recording(path: Path, lines: list[dict[str, object]]) -> Path:
    text = "".join(json.dumps(line) + "\n" for line in [{"meta": {}}, *lines])
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


async def play(venue: str, path: Path) -> tuple[list[str | bytes], list[int]]:
    """What a client hears at speed 0 after the acknowledgement, and what the ledger says."""
    async with Exchange(recordings={venue: path}, speed=0) as exchange, greeted(exchange, venue) as socket:
        await ask(socket, venue)
        frames = [await socket.recv() for _ in inbound_data(venue, path)]
        return frames, [sent.frame for sent in exchange.ledger.frames]


def inbound_data(venue: str, path: Path) -> list[tuple[int, str | bytes]]:
    """The recording's market data by index, read without the code under test."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    inbound = [line for line in map(json.loads, content.splitlines()) if line.get("dir") == "in"]
    frames = [base64.b64decode(line["b64"]) if "b64" in line else line["text"] for line in inbound]
    key = MARKS[venue]
    return [
        (index, frame)
        for index, frame in enumerate(frames)
        if key in (gzip.decompress(frame).decode() if isinstance(frame, bytes) else frame)
    ]


@needs_recordings
@pytest.mark.parametrize(
    "name",
    [
        "binance/us-aggtrade-bookticker-kline-2021-10-12",
        "kucoin/match-ticker-candles-2021-04-25",
        "bybit/v5-linear-2026-08-09-btcusdt-solusdt",
        "bybit/v5-spot-2026-08-09-btcusdt",
        "bybit/v5-spot-orderbook1-2025-06-13-4sym",
        "okx/v5-2022-02-27",
        "okx/v5-2022-05-13",
        "htx/trade-detail-2021-04-17-5sym-a",
        "gate/v4-spot-2021-04-22-6sym",
    ],
)
async def test_recording_is_complete_and_byte_identical(name: str) -> None:
    """Every market data frame comes out in order, down to the gzip bytes; the ledger has its index."""
    path = RECORDINGS / f"{name}.jsonl.gz"
    venue = {"gate": "gateio"}.get(folder := name.split("/")[0], folder)
    frames, ledger = await play(venue, path)
    assert list(zip(ledger, frames, strict=True)) == inbound_data(venue, path)


async def test_control_frames_of_a_recording_are_left_out(tmp_path: Path) -> None:
    """The exchange makes acknowledgements and pings of its own; indexes still count the recorded ones."""
    lines: list[dict[str, object]] = [
        {"t": 1.0, "dir": "out", "text": '{"sub":"x"}'},
        {"t": 1.1, "dir": "in", "b64": base64.b64encode(pack({"status": "ok"})).decode()},
        {"t": 1.2, "dir": "in", "b64": base64.b64encode(pack({"ch": "market.a.bbo", "n": 1})).decode()},
        {"t": None, "dir": "in", "b64": base64.b64encode(pack({"ping": 1})).decode()},
        {"t": 1.4, "dir": "in", "b64": base64.b64encode(pack({"ch": "market.a.bbo", "n": 2})).decode()},
    ]
    frames, ledger = await play("htx", write_recording(tmp_path / "short.jsonl.gz", lines))
    assert frames == [pack({"ch": "market.a.bbo", "n": 1}), pack({"ch": "market.a.bbo", "n": 2})]
    assert ledger == [1, 3]


async def test_recording_starts_again_for_each_connection(tmp_path: Path) -> None:
    """A client that comes back hears it from the start, once."""
    lines: list[dict[str, object]] = [{"t": 1.0, "dir": "in", "text": '{"stream":"a@trade","data":{}}'}]
    path = write_recording(tmp_path / "one.jsonl", lines)
    async with Exchange(recordings={"binance": path}, speed=0) as exchange:
        for number in (1, 2):
            async with dial(exchange, "/binance/stream?streams=a@trade") as socket:
                assert (await hear(socket))["stream"] == "a@trade"
                await say(socket, method="SUBSCRIBE", params=["b@trade"], id=1)
                assert (await hear(socket))["id"] == 1
            assert len(exchange.ledger.frames) == number


async def test_recording_keeps_its_pace(tmp_path: Path) -> None:
    """Twice as fast as recorded: 0.2 s of recording last a tenth of a second, not less."""
    lines: list[dict[str, object]] = [
        {"t": 5.0 + at, "dir": "in", "text": '{"stream":"a@trade","data":{}}'} for at in (0.0, 0.1, 0.2)
    ]
    path = write_recording(tmp_path / "paced.jsonl", lines)
    async with (
        Exchange(recordings={"binance": path}, speed=2) as exchange,
        dial(exchange, "/binance/stream?streams=a@trade"),
    ):
        await wait_until(lambda: len(exchange.ledger.frames) == 3)
        lasted = exchange.clock() - exchange.connections[-1].opened_at
    assert lasted.total_seconds() >= 0.1


@pytest.mark.parametrize("content", [b"not json\n", b'{"dir":"in","b64":"*"}\n', b"[1]\n"])
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    """The error names the file in one sentence."""
    path = tmp_path / "wrong.jsonl"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=r"wrong\.jsonl is not a recording"):
        read_recording(path)


def test_unknown_venue_and_missing_file_are_refused(tmp_path: Path) -> None:
    """Both are found before the exchange listens."""
    for venue, path in (("nowhere", tmp_path / "a.jsonl"), ("htx", tmp_path / "missing.jsonl.gz")):
        with pytest.raises(RecordingError):
            Exchange(recordings={venue: path})
