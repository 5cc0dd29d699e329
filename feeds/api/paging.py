"""Pages of a history by (time, id): no counting, no page numbers, and as quick at the end as at the beginning.

DRF's CursorPagination keeps the time alone, and goes round in circles where more than 1000 rows share one. Rows that
come meanwhile with a later time are newer than the page that is read, so nothing is told twice, and of what was there
nothing is left out. One that is stored late, with an older time, is told only to whoever is not past that time yet.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlencode

import msgspec
from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from feeds.api.asking import FIRST, LAST

USUAL: Final = 100
MOST: Final = 1000
OF_PAGES: Final = frozenset({"limit", "order", "cursor"})
NEWEST_FIRST, OLDEST_FIRST = "desc", "asc"
_LATE: Final = "A row that is stored late, such as a repaired trade, is not told to who has read past its time."


class Place(NamedTuple):
    """The last row of a page: where the next one begins."""

    at: datetime
    id: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """ValueError: it is none of ours."""
        try:
            at, row_id = msgspec.json.decode(urlsafe_b64decode(text.encode("ascii")), type=tuple[datetime, int])
        except (binascii.Error, msgspec.DecodeError, UnicodeError) as error:
            raise ValueError(text) from error
        if at.tzinfo is None or not FIRST <= at < LAST or not 0 <= row_id < 2**63:
            raise ValueError(text)
        return cls(at, row_id)

    def __str__(self) -> str:
        return urlsafe_b64encode(msgspec.json.encode([self.at, self.id])).decode()


def ordered(rows: QuerySet[Any, Any], time_field: str, order: str, after: Place | None = None) -> QuerySet[Any, Any]:
    """In one order, and only what lies behind `after`: written so that an index over (time, id) finds the place."""
    sign, beyond = ("-", "lt") if order == NEWEST_FIRST else ("", "gt")
    if after is not None:
        is_behind = Q(**{f"{time_field}__{beyond}": after.at}) | Q(**{f"id__{beyond}": after.id})
        rows = rows.filter(is_behind, **{f"{time_field}__{beyond}e": after.at})
    return rows.order_by(f"{sign}{time_field}", f"{sign}id")


class KeysetPagination(BasePagination):
    """`limit` rows at a time; `next` is where to ask for those that follow, null at the end."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """`view` has `asked`, all that was asked with the usual period filled in, and reads the rows of a page."""
        self._view, self._request = view, request
        asked = view.asked
        limit = min(_limit(asked.get("limit", str(USUAL))), view.most)
        rows = view.read(queryset, order_of(asked), _place(asked.get("cursor")), limit + 1)
        self._last = rows[limit - 1] if len(rows) > limit else None
        return list(rows[:limit])

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self._next()})

    def _next(self) -> str | None:
        """With the time range in it: `the last 24 hours` would be other ones by then."""
        if self._last is None:
            return None
        place = Place(self._last[self._view.time_field], self._last.get("id", 0))
        query = urlencode({**self._view.asked, "cursor": str(place)})
        return self._request.build_absolute_uri(f"{self._request.path}?{query}")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": ["string", "null"], "format": "uri", "description": "Where the next rows are."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        order = {"type": "string", "enum": [NEWEST_FIRST, OLDEST_FIRST], "default": NEWEST_FIRST}
        return [
            _parameter("limit", "How many rows.", limit),
            _parameter("order", f"Newest or oldest first. {_LATE}", order),
            _parameter("cursor", "Out of `next` of the page before.", {"type": "string"}),
        ]


def order_of(asked: dict[str, str]) -> str:
    order = asked.get("order", NEWEST_FIRST)
    if order not in (NEWEST_FIRST, OLDEST_FIRST):
        raise ValidationError({"order": "Write desc (newest first) or asc."})
    return order


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= MOST):
        raise ValidationError({"limit": f"Ask for 1 to {MOST} rows."})
    return int(text[:5])


def _place(text: str | None) -> Place | None:
    if text is None:
        return None
    try:
        return Place.parse(text)
    except ValueError:
        raise ValidationError({"cursor": "Take it from `next` of the page before, as it is."}) from None


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
