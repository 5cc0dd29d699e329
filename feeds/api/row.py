"""Rows as an answer tells them: which columns, under which names, each written without loss."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any, Final

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class RowSerializer(serializers.Serializer[Any]):
    """Reads a row as `.values()` gives it. DRF's own way, through each field's attribute, takes five times as long."""

    @classmethod
    def columns(cls) -> list[str]:
        """What to ask `.values()` for."""
        return [str(field.source) for field in cls().fields.values()]

    def to_representation(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        row = dict(zip(self._names, self._values_of(instance), strict=True))
        for name, write in self._writers:
            if (value := row[name]) is not None:
                row[name] = write(value)
        return row

    @cached_property
    def _names(self) -> list[str]:
        return list(self.fields)

    @cached_property
    def _values_of(self) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
        return itemgetter(*self.columns())

    @cached_property
    def _writers(self) -> list[tuple[str, Callable[[Any], Any]]]:
        """What is text, a whole number or a truth in the database is told as it is."""
        return [(name, field.to_representation) for name, field in self.fields.items() if isinstance(field, _WRITTEN)]


@extend_schema_field({"type": "string", "format": "decimal", "pattern": r"^-?\d+(\.\d+)?$"})
class Exact(serializers.Field[Decimal, str, str, Any]):
    """A decimal as it is stored, digit by digit, never with an exponent: `0.00000001`."""

    def to_representation(self, value: Decimal) -> str:
        return format(value, "f")


@extend_schema_field({"type": "string", "format": "date-time"})
class Moment(serializers.Field[datetime, str, str, Any]):
    """A time in UTC, whatever zone the reader's pages are in: `2026-11-21T12:34:56.789000Z`."""

    def to_representation(self, value: datetime) -> str:
        # Three times as fast as isoformat().
        return str(msgspec.to_builtins(value))


@extend_schema_field({"type": "object", "additionalProperties": True})
class Record(serializers.Field[dict[str, Any], dict[str, Any], dict[str, Any], Any]):
    """What was noted, name by name: which names there are is the matter of who noted it."""

    def to_representation(self, value: dict[str, Any]) -> dict[str, Any]:
        return value


# A class of DRF is asked what it makes of a value only where that differs.
_WRITTEN: Final = (Exact, Moment)
