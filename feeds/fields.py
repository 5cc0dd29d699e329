"""A decimal column that gives back exactly what was put in, on SQLite too.

SQLite's own number is a double: 123456.123456789012 comes back as ...6789. So there the column is text under a
collation that compares by value, so that it sorts, filters, and has MIN and MAX; SUM is exact too. Means and
products are SQLite's, good for 15 digits. PostgreSQL's `numeric` needs no help.
"""

from datetime import datetime
from decimal import Context, Decimal
from sqlite3 import Connection, register_converter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression

from feeds.decimals import FRACTION_DIGITS, INTEGER_DIGITS

_COLLATION = "exact_decimal"
# Room for sums of a long history: Python's default context would round at 28 digits.
_WIDE = Context(prec=60)


class ExactDecimalField(models.DecimalField):
    """A Decimal of up to 12 digits before and 18 after the point, trailing zeros included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", INTEGER_DIGITS + FRACTION_DIGITS)
        kwargs.setdefault("decimal_places", FRACTION_DIGITS)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        # Not "DecimalField": Django's SQLite backend would cast and round what is called that.
        return "ExactDecimalField"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return f"text COLLATE {_COLLATION}" if connection.vendor == "sqlite" else "numeric"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if isinstance(value, Expression) or value is None:
            return value
        number = self.to_python(value)
        if not isinstance(number, Decimal) or not number.is_finite():
            raise ValidationError(f"{value!r} is not a finite decimal number.")
        return format(number, "f") if connection.vendor == "sqlite" else number

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Decimal | None:
        return None if value is None else Decimal(str(value))


class _ExactTotal:
    """SQLite's SUM without doubles, over text or numbers; it can take values back, so that windows work too."""

    def __init__(self) -> None:
        self._total = Decimal(0)
        self._count = 0
        self._is_text = False

    def step(self, value: str | float | None) -> None:
        if value is not None:
            self._total = _WIDE.add(self._total, Decimal(str(value)))
            self._count += 1
            self._is_text = self._is_text or isinstance(value, str)

    def inverse(self, value: str | float | None) -> None:
        if value is not None:
            self._total = _WIDE.subtract(self._total, Decimal(str(value)))
            self._count -= 1

    def value(self) -> str | float | None:
        if not self._count:
            return None
        if self._is_text:
            return format(self._total, "f")
        return int(self._total) if self._total == self._total.to_integral_value() else float(self._total)

    def finalize(self) -> str | float | None:
        return self.value()


def _compare(left: str, right: str) -> int:
    return int(Decimal(left).compare(Decimal(right)))


def _moment(text: bytes) -> datetime:
    """In UTC, as Django keeps times there. Its own way takes two steps, and a page a fifth longer."""
    return datetime.fromisoformat(text.decode() + "+00:00")


def teach_sqlite(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Gives a new SQLite connection the collation, the exact SUM and times. Receiver of `connection_created`."""
    if connection.vendor != "sqlite":
        return
    raw: Connection = connection.connection
    raw.create_collation(_COLLATION, _compare)
    raw.create_window_function("sum", 1, _ExactTotal)
    register_converter("datetime", _moment)
