"""The inside of a worker: takes frames and orders as JSON lines on stdin, answers on stdout.

Standard library only, because the peers run it in environments that have nothing of ours.
"""

from __future__ import annotations

import json
import sys
import time
from base64 import b64decode
from collections.abc import Callable
from typing import NamedTuple, Protocol

Frame = str | bytes
# ["trade", price, size, side] or ["quote", bid, ask]: what all peers can tell. Numbers are text.
Row = list[str]

FRAMES_PER_PASS = 1000


class Order(NamedTuple):
    """What a worker is started with."""

    venue: str
    kind: str
    symbols: list[str]
    frames: list[Frame]

    def one_pass(self) -> list[Frame]:
        """All frames, as often as it takes to make the loop around them not count."""
        return self.frames * -(-FRAMES_PER_PASS // len(self.frames))


class Reader(Protocol):
    def rows(self, frame: Frame) -> list[Row]:
        """What the frame says."""
        ...

    def read(self) -> None:
        """Read `order.one_pass()`. This is timed: what production does with each frame, and nothing else."""
        ...


def serve(open_reader: Callable[[Order], Reader]) -> None:
    """Answer what each frame says, then time rounds of reading all of them, one for each further line."""
    order = receive_order()
    reader = open_reader(order)
    reply([reader.rows(frame) for frame in order.frames])
    frames_in_pass = len(order.one_pass())
    for line in sys.stdin:
        reply(_passes_per_second(reader, json.loads(line)) * frames_in_pass)


def receive_order() -> Order:
    sent = json.loads(sys.stdin.readline())
    return Order(sent["venue"], sent["kind"], sent["symbols"], [_frame(**frame) for frame in sent["frames"]])


def reply(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _frame(text: str | None = None, b64: str = "") -> Frame:
    return b64decode(b64) if text is None else text


def _passes_per_second(reader: Reader, seconds: float) -> float:
    # Time on the CPU: what else the machine is doing is not the reader's fault.
    started = time.process_time()
    passes, elapsed = 0, 0.0
    while elapsed < seconds:
        reader.read()
        passes += 1
        elapsed = time.process_time() - started
    return passes / elapsed
