"""The outside of a worker: starts it in its own environment, hands it frames, orders rounds."""

import json
import subprocess
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from tests.bench.worker import Frame
from tests.bench.workload import Workload

ROOT = Path(__file__).resolve().parents[2]

T = TypeVar("T")


class WorkerStopped(RuntimeError):
    """A worker ended without an answer. What it had to say is on stderr."""


@dataclass(frozen=True)
class Program:
    """A module to run as a worker, and the Python that has what it needs."""

    name: str
    python: Path
    module: str


class Worker:
    """A running program, holding the frames of one workload. It sleeps until it is ordered a round."""

    def __init__(self, program: Program, workload: Workload) -> None:
        self.name = program.name
        command = [str(program.python), "-m", program.module]
        self._process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        order = {"venue": workload.venue, "kind": workload.kind, "symbols": workload.symbols}
        self._send(order | {"frames": [_as_json(frame) for frame in workload.frames]})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def rate(self, seconds: float) -> float:
        """Frames per second over one round."""
        self._send(seconds)
        return self.receive(float)

    def receive(self, kind: type[T]) -> T:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise WorkerStopped(f"{self.name} stopped without an answer")
        return msgspec.json.decode(line, type=kind)

    def _send(self, value: object) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(value) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise WorkerStopped(f"{self.name} stopped before it was told what to read") from error


def _as_json(frame: Frame) -> dict[str, str]:
    return {"text": frame} if isinstance(frame, str) else {"b64": b64encode(frame).decode()}
