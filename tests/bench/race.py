"""Lets several workers read the same frames in turn, after a check that they read the same things in them."""

from collections.abc import Sequence
from contextlib import ExitStack
from decimal import Decimal

from tests.bench.figure import Sample
from tests.bench.program import Program, Worker
from tests.bench.worker import Row
from tests.bench.workload import Workload


class AnswersDiffer(RuntimeError):
    """Two workers read different things in one frame: their speeds cannot be compared."""


def race(workload: Workload, programs: Sequence[Program], rounds: int, seconds: float) -> dict[str, Sample]:
    """Frames per second of each program, by its name. Rounds alternate, so a busy minute hurts all alike."""
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(program, workload)) for program in programs]
        _compare(workload, workers)
        samples = {worker.name: Sample() for worker in workers}
        for _ in range(rounds):
            for worker in workers:
                samples[worker.name].append(worker.rate(seconds))
        return samples


def _compare(workload: Workload, workers: Sequence[Worker]) -> None:
    """AnswersDiffer unless all tell the same trades and quotes, in the same order."""
    first, *others = [(worker.name, worker.receive(list[list[Row]])) for worker in workers]
    for other in others:
        for frame, ours, theirs in zip(workload.frames, first[1], other[1], strict=True):
            if not ours or [_value(row) for row in ours] != [_value(row) for row in theirs]:
                raise AnswersDiffer(
                    f"{workload.name}: {first[0]} reads {ours}, {other[0]} reads {theirs} in {frame!r:.400}"
                )


def _value(row: Row) -> tuple[str | Decimal, ...]:
    """The row with its numbers as numbers: "1.50", "1.5" and "15E-1" are one price."""
    return tuple(field if field.isalpha() else Decimal(field) for field in row)
