"""Lists that fit on one page: all rows at once, and nothing to ask."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from rest_framework import generics
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from feeds.api.asking import only_known
from feeds.api.private import Private
from feeds.storage.deadline import LONGEST_S, within


class Whole(BasePagination):
    """One page."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        return list(queryset)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "required": ["results"], "properties": {"results": schema}}


@method_decorator(conditional_page, name="dispatch")
class Short(Private, generics.ListAPIView[Any]):
    """`topic`: what a token has to be for. What admins edit is short: some feeds, venues, hundreds of instruments."""

    topic: ClassVar[str]
    pagination_class = Whole

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        only_known(request, frozenset())

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with within(LONGEST_S):
            return self.told(self.get_queryset())

    def told(self, rows: Iterable[Any]) -> Response:
        return self.get_paginated_response(self.get_serializer(list(rows), many=True).data)
