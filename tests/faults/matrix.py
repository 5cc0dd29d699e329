"""The fault matrix, E1 to E35: which tests prove each row, by what their docstrings say."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).resolve().parents[1]
ROWS: Final = {
    "E1": "connection refused",
    "E2": "DNS fails or hangs",
    "E3": "TLS: expired, wrong host, unknown authority, stalled",
    "E4": "handshake 401, 403, 404",
    "E5": "429 and 418, with Retry-After in every form",
    "E6": "5xx, HTML, a redirect to another host",
    "E7": "silent stall, pings answered",
    "E8": "only heartbeats, acknowledgements or other channels; a quiet market",
    "E9": "never a first message",
    "E10": "no pongs, but data",
    "E11": "half-open TCP",
    "E12": "slow drip inside a frame",
    "E13": "RST anywhere",
    "E14": "close 1000, 1001, 1005, 1006",
    "E15": "close 1008, 1012, 1013",
    "E16": "a frame beyond our bound",
    "E17": "an announced end",
    "E18": "the 24 hours of a connection",
    "E19": "subscription refused, unanswered, half answered",
    "E20": "data of a wrong symbol or channel",
    "E21": "malformed JSON of every kind",
    "E22": "broken gzip, and a bomb",
    "E23": "oversize frames, endless fragments, reserved bits",
    "E24": "numbers that are none",
    "E25": "trades told again",
    "E26": "trades out of order",
    "E27": "clocks and units of time",
    "E28": "a price spike, and a real crash",
    "E29": "10 000 messages a second",
    "E30": "KuCoin's token",
    "E31": "a venue that flaps",
    "E32": "every venue down",
    "E33": "a gap after a reconnect",
    "E34": "hostile text",
    "E35": "our own rate of messages",
}


def proofs() -> dict[str, list[str]]:
    """The tests that name each row in their docstring."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for name, docstring in _tests(path):
            for row in re.findall(r"\bE[1-9][0-9]?\b", docstring):
                found[row].append(f"{path.relative_to(TESTS.parent)}::{name}")
    return {row: found[row] for row in ROWS}


def _tests(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name, ast.get_docstring(node) or ""
