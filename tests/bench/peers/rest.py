"""The same trades as DRF tells them by itself: serializers over objects, by its cursor, and by offset with a count."""

from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination, LimitOffsetPagination

from feeds.models import Trade


class TradeSerializer(serializers.ModelSerializer[Trade]):
    class Meta:
        model = Trade
        fields = [
            *("id", "venue_id", "instrument_id", "trade_id", "price", "size", "side", "traded_at", "received_at"),
            "quarantine",
        ]


class _Cursor(CursorPagination):
    ordering = "-traded_at"
    page_size_query_param = "limit"


class CursorTrades(generics.ListAPIView[Trade]):
    serializer_class: Any = TradeSerializer
    pagination_class: Any = _Cursor
    permission_classes = ()

    def get_queryset(self) -> QuerySet[Trade]:
        trades = Trade.objects.filter(instrument=self.request.query_params["instrument"])
        until = parse_datetime(self.request.query_params.get("to", ""))
        return trades.filter(traded_at__lt=until) if until else trades


class CountedTrades(CursorTrades):
    pagination_class: Any = LimitOffsetPagination

    def get_queryset(self) -> QuerySet[Trade]:
        return super().get_queryset().order_by("-traded_at", "-id")
