"""Rows as the lines of a file: CSV for tables, NDJSON for programs. Pure."""

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import msgspec

# What a spreadsheet takes for the beginning of a formula (S20).
_FORMULA: Final = frozenset("=+-@\t\r")
Row = dict[str, Any]


class Columns(NamedTuple):
    """`texts` may hold any text, `records` are what JSON has and a table has not; all others are numbers and times."""

    names: list[str]
    texts: list[str]
    records: list[str]


class Form(NamedTuple):
    """How a file is written. `head` is its first line, `broken` its last one where it could not go on."""

    content_type: str
    head: Callable[[Columns], bytes]
    lines: Callable[[Iterable[Row], Columns], bytes]
    broken: Callable[[str], bytes] | None


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def _csv_lines(rows: Iterable[Row], columns: Columns) -> bytes:
    return _csv(_harmless(row, columns).values() for row in rows)


def _harmless(row: Row, columns: Columns) -> Row:
    """Changes the row: a copy of each would take as long as all the rest."""
    for name in columns.texts:
        if (text := row[name]) and text[0] in _FORMULA:
            row[name] = f"'{text}"
    for name in columns.records:
        if (record := row[name]) is not None:
            row[name] = msgspec.json.encode(record).decode()
    return row


def _json_lines(rows: Iterable[Row], _: Columns) -> bytes:
    return msgspec.json.Encoder().encode_lines(rows)


FORMS: Final = {
    # Its reader takes any line for a row, so it ends without an end instead.
    "csv": Form("text/csv; charset=utf-8; header=present", lambda columns: _csv([columns.names]), _csv_lines, None),
    "ndjson": Form(
        "application/x-ndjson",
        lambda _: b"",
        _json_lines,
        lambda sentence: msgspec.json.encode({"error": sentence}) + b"\n",
    ),
}
