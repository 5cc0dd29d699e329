"""Pages of REST: newest first, at most 100 rows, from a cursor on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from tests.exchange.bitget.gate import Refusal

T = TypeVar("T")

MOST = 100


def page(
    things: Iterable[T], name: Callable[[T], str], query: Mapping[str, str], cursor: str
) -> tuple[list[T], str | None]:
    """What comes before the id in the query's cursor, and the id of the last one, if there is any."""
    limit, before = query.get("limit", str(MOST)), query.get(cursor, "")
    if not limit.isdecimal() or not 1 <= int(limit) <= MOST or not (before.isdecimal() or not before):
        raise Refusal("40017", "Parameter verification failed")
    newest_first = sorted(things, key=lambda each: int(name(each)), reverse=True)
    found = [each for each in newest_first if not before or int(name(each)) < int(before)][: int(limit)]
    return found, name(found[-1]) if found else None


def is_within(at_ms: int, query: Mapping[str, str]) -> bool:
    """Whether this moment lies between the query's two times."""
    return int(query.get("startTime", "0")) <= at_ms <= int(query.get("endTime", "9" * 13))
