"""A whole history as a file: the filters of its list, oldest first, a chunk in memory at a time.

Each chunk is a query of its own, within the time that any page has, and gives its connection back before the chunk is
sent: who reads slowly keeps neither a transaction nor a connection.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar, Final, NamedTuple

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.urls import URLPattern, path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from feeds.api.listing import History
from feeds.api.paging import OLDEST_FIRST, Place
from feeds.api.row import Record, RowSerializer
from feeds.api.underway import underway
from feeds.api.writing import FORMS, Columns, Form
from feeds.storage.database import DATABASE_ERRORS, give_back
from feeds.storage.deadline import LONGEST_S, within

CHUNK: Final = 5000
_USUAL: Final = "csv"
# What the name of a file says beside its time.
_ABOUT: Final = ("instrument", "venue", "account", "timeframe")
# `true` and what has names of its own.
_RECORDS: Final = (serializers.BooleanField, serializers.DictField, Record)
_BROKEN: Final = "The database does not answer, or this takes longer than 2 s. The rows above are right, but not all."


class Chunk(NamedTuple):
    """Lines, and the row that the next ones come after; None at the end."""

    lines: bytes
    last: Place | None


class Export(History):
    """The same rows as a file. `name`: of the file."""

    name: ClassVar[str]
    throttle_scope = "export"
    beside = frozenset({"as"})
    pagination_class = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response | StreamingHttpResponse:  # type: ignore[override]  # a file
        form = self._form()
        # What cannot be meant, and a first chunk that takes too long, are still answered with a status.
        with underway.place(request.user.pk):
            first = self._chunk(form, None)
        lines = _nothing() if request.method == "HEAD" else self._lines(form, first)
        response = StreamingHttpResponse(lines, content_type=form.content_type)
        response["Content-Disposition"] = f'attachment; filename="{self._file_name()}"'
        response["Cache-Control"] = "private, no-store"
        return response

    def _file_name(self) -> str:
        """Such as trades-BTC-USDT-2026-11-20T0000-2026-11-21T0000.csv: of what, and of when in UTC."""
        times = [self.asked[name][:16].replace(":", "") for name in ("from", "to") if name in self.asked]
        about = [self.asked[name] for name in _ABOUT if name in self.asked]
        name = re.sub(r"[^\w.-]", "_", "-".join([self.name, *about, *times]), flags=re.ASCII)
        return f"{name}.{self.asked.get('as', _USUAL)}"

    def _form(self) -> Form:
        form = FORMS.get(self.asked.get("as", _USUAL))
        if form is None:
            raise ValidationError({"as": f"Write one of: {', '.join(FORMS)}."})
        return form

    async def _lines(self, form: Form, chunk: Chunk) -> AsyncIterator[bytes]:
        """A sync iterator would be read to its end before the first line leaves."""
        with underway.place(self.request.user.pk, is_begun=True):
            yield form.head(self._columns) + chunk.lines
            while chunk.last is not None:
                try:
                    chunk = await sync_to_async(self._chunk)(form, chunk.last)
                except DATABASE_ERRORS:
                    if form.broken is None:
                        # The server cuts the connection: whoever reads sees that the file is not whole.
                        raise
                    yield form.broken(_BROKEN)
                    return
                yield chunk.lines

    def _chunk(self, form: Form, after: Place | None) -> Chunk:
        """Blocking."""
        count = min(CHUNK, self.most)
        try:
            with within(LONGEST_S):
                rows = self.read(self.filter_queryset(self.get_queryset()), OLDEST_FIRST, after, count)
        finally:
            give_back()
        lines = form.lines(map(self._row.to_representation, rows), self._columns)
        last = rows[-1] if len(rows) == count else None
        return Chunk(lines, Place(last[self.time_field], last.get("id", 0)) if last else None)

    @cached_property
    def _row(self) -> RowSerializer:
        return self.serializer_class()

    @cached_property
    def _columns(self) -> Columns:
        fields = self._row.fields
        texts = [name for name, field in fields.items() if isinstance(field, serializers.CharField)]
        return Columns(list(fields), texts, [name for name, field in fields.items() if isinstance(field, _RECORDS)])


async def _nothing() -> AsyncIterator[bytes]:
    """What follows the head where only that was asked for."""
    return
    yield


def export_of(history: type[History], name: str) -> Callable[..., Any]:
    """The view of a history's export, for its routes."""
    told = {"name": name, "__module__": history.__module__}
    view: type[Export] = type(f"{history.__name__}Export", (Export, history), told)
    return _described(view).as_view()


def routes(histories: Mapping[str, type[History]]) -> list[URLPattern]:
    """Of each history, by its name: its list, and its export."""
    lists = [path(f"{name}/", history.as_view(), name=f"api-{name}") for name, history in histories.items()]
    files = [(name, export_of(history, name)) for name, history in histories.items()]
    return lists + [path(f"{name}/export/", view, name=f"api-{name}-export") for name, view in files]


_described: Final = extend_schema(
    summary="The same rows as a file, oldest first",
    description="All rows of the time. NDJSON that could not go on ends with a line that has `error`; CSV is cut off.",
    parameters=[OpenApiParameter("as", str, enum=list(FORMS), default=_USUAL)],
    responses={(200, form.content_type.partition(";")[0]): str for form in FORMS.values()},
)
