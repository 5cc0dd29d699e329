"""Prints figures as a table, keeps them as JSON, and says what machine they are of."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from tests.bench.figure import Figure, Sample

HEAD = ("figure", "unit", "omega", "against", "", "ratio", "bar", "")


def table(figures: Sequence[Figure]) -> str:
    rows = [HEAD, *map(_row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def write_json(figures: Iterable[Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([figure.entry() for figure in figures], indent=2) + "\n")


def machine() -> str:
    return (
        f"{os.cpu_count()} x {_processor()}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, msgspec {version('msgspec')}, websockets {version('websockets')}"
    )


def _row(figure: Figure) -> tuple[str, ...]:
    verdict = "" if figure.bar is None else "ok" if figure.is_ok else "TOO SLOW" if figure.at_least else "MISSED"
    return (
        figure.name,
        figure.unit,
        _number(figure.measured),
        figure.against,
        _number(figure.reference),
        f"{figure.ratio:.2f}",
        figure.bar or "",
        verdict,
    )


def _number(sample: Sample) -> str:
    return f"{sample.median:9,.0f} ±{sample.spread:3.0%}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(field.ljust(width) for field, width in zip(row, widths, strict=True)).rstrip()


def _processor() -> str:
    """The model's name where Linux says it, else the architecture."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
