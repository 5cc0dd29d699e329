"""What all lists of the API have in common."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from rest_framework import generics
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from feeds.api.asking import ByList, Period, asked_of, with_period
from feeds.api.paging import NEWEST_FIRST, OF_PAGES, KeysetPagination, Place, ordered
from feeds.api.private import Private
from feeds.api.row import RowSerializer
from feeds.clock import SystemClock
from feeds.storage.deadline import LONGEST_S, within


@method_decorator(conditional_page, name="dispatch")
class History(Private, generics.ListAPIView[Any]):
    """Rows of a table by time, the newest first, a page at a time. `topic`: what a token has to be for."""

    topic: ClassVar[str]
    serializer_class: type[RowSerializer]
    filterset_class: type[Period]
    filter_backends = (ByList,)
    pagination_class: type[BasePagination] | None = KeysetPagination
    asked: dict[str, str]
    # What may be asked beside the filters.
    beside: ClassVar[frozenset[str]] = OF_PAGES

    @property
    def most(self) -> int:
        """Rows that are read at once, however many are asked for."""
        return 5000

    @property
    def time_field(self) -> str:
        return self.filterset_class.time_field

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.ask(asked_of(request, self.filterset_class, self.beside, SystemClock().now()))

    def ask(self, asked: dict[str, str]) -> None:
        """What is to be told: by name, with the period."""
        self.asked = asked

    def get_queryset(self) -> QuerySet[Any, Any]:
        return self.rows().values("id", self.time_field, *self.serializer_class.columns())

    def read(self, rows: QuerySet[Any, Any], order: str, after: Place | None, count: int) -> list[dict[str, Any]]:
        """So many of these, from a place on. A row has its time, and an `id` where one time may have several."""
        return list(ordered(rows, self.time_field, order, after)[:count])

    def newest(
        self, request: HttpRequest, asked: dict[str, str], count: int, after: Place | None = None
    ) -> list[dict[str, Any]]:
        """For a page: the newest of what somebody may see, by the names of the answer, as they are stored.

        Raises ValidationError as the API would answer 400.
        """
        self.request = request  # type: ignore[assignment]  # a filter and `rows` look at its user alone
        self.ask(with_period(asked, self.filterset_class, SystemClock().now()))
        with within(LONGEST_S):
            rows = self.read(self.filter_queryset(self.get_queryset()), NEWEST_FIRST, after, count)
        fields = self.serializer_class().fields.items()
        return [{name: row[str(field.source)] for name, field in fields} for row in rows]

    @property
    def time_name(self) -> str:
        """What the time that rows are ordered by is called in an answer."""
        fields = self.serializer_class().fields.items()
        return next(name for name, field in fields if field.source == self.time_field)

    def place_of(self, row: dict[str, Any]) -> Place:
        """Where a row of `newest` stands."""
        return Place(row[self.time_name], row.get("id", 0))

    def headings(self) -> dict[str, str]:
        """What people call the fields, in their language."""
        fields, columns = self.serializer_class().fields.items(), self.get_queryset().model._meta
        return {name: str(columns.get_field(str(field.source)).verbose_name) for name, field in fields}

    def rows(self) -> QuerySet[Any]:
        """All that this reader may see."""
        raise NotImplementedError

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with within(LONGEST_S):
            return super().list(request, *args, **kwargs)
