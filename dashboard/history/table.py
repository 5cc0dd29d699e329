"""Rows of a history as a table for people: what is looked for first stands first, digits stand below each other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from dashboard import manner

NUMBER, LONG, LONG_FROM = "right", "long", 30
# What says nothing to people, or too much for a table.
_LEFT_OUT: Final = frozenset({"id", "evidence", "detail"})
_FIRST: Final = ("price", "size", "side")
_VENUES: Final = frozenset({"venue", "from_venue", "to_venue"})

Row = Mapping[str, Any]


class Table(NamedTuple):
    """`heads`: each with whether numbers stand below it."""

    heads: list[tuple[str, bool]]
    rows: list[list[dict[str, Any]]]


def table_of(titles: Mapping[str, str], rows: Sequence[Row], time: str, venues: Mapping[str, str]) -> Table:
    """`titles` of the fields by name, `time` the one that the rows are ordered by, `venues` their names by code."""
    names = _in_order([name for name in titles if name not in _LEFT_OUT], time)
    columns = {
        name: [venues.get(row[name], row[name]) if name in _VENUES else row[name] for row in rows] for name in names
    }
    told = {name: [_cell(value, _decimals(values)) for value in values] for name, values in columns.items()}
    heads = [(titles[name], any(cell.get("look") == NUMBER for cell in told[name])) for name in names]
    return Table(heads, [list(row) for row in zip(*told.values(), strict=True)])


def _in_order(names: list[str], time: str) -> list[str]:
    """Price, size, side and time fit on a phone; ids are for who scrolls."""
    first = [name for name in (*_FIRST, time) if name in names]
    ids = [name for name in names if name.endswith("_id")]
    return [*first, *(name for name in names if name not in {*first, *ids}), *ids]


def _decimals(column: list[Any]) -> int:
    """As many as one of them needs: zeros that none needs are left out."""
    numbers = (format(value, "f").partition(".")[2].rstrip("0") for value in column if isinstance(value, Decimal))
    return max(map(len, numbers), default=0)


def _cell(value: Any, decimals: int) -> dict[str, Any]:
    """What is in it, and how it looks: numbers stand at the right, and long texts take more than one line."""
    if isinstance(value, bool):
        return {"text": _("yes") if value else _("no")}
    if isinstance(value, Decimal):
        return {"text": manner.number(f"{value:,.{decimals}f}"), "look": NUMBER}
    if isinstance(value, int | float):
        return {"text": manner.number(f"{value:,}"), "look": NUMBER}
    if isinstance(value, datetime):
        return {"at": value, "text": _moment(value)}
    text = "" if value is None else str(value)
    return {"text": text, "look": LONG if len(text) > LONG_FROM else ""}


def _moment(at: datetime) -> str:
    return f"{manner.local(at):%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03}"
