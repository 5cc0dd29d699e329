"""What may be asked of a history: names on a list, each with one meaning. Whatever else is asked is refused."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django_filters import Filter, FilterSet, IsoDateTimeFilter
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

# A history that nobody bounds would be read from its beginning.
USUAL_PERIOD: Final = timedelta(days=1)
# Nothing is older, and times that are far from both can be added to.
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Period(FilterSet):
    """`from` (included) and `to` (not) over the column `time_field`.

    `usual`: how long where nobody says it; None: all.
    """

    time_field: ClassVar[str] = ""
    usual: ClassVar[timedelta | None] = USUAL_PERIOD

    @classmethod
    def get_filters(cls) -> OrderedDict[str, Filter]:
        if not cls.time_field:
            return super().get_filters()
        period = {
            "from": IsoDateTimeFilter(cls.time_field, "gte", help_text=f"Since when, with its zone. {cls._usually()}"),
            "to": IsoDateTimeFilter(
                cls.time_field, "lt", help_text="Until when; not included. Usual: the next minute."
            ),
        }
        return OrderedDict({**super().get_filters(), **period})

    @classmethod
    def _usually(cls) -> str:
        return "Usual: a day before `to`." if cls.usual else "Usual: from the beginning."


class ByList(DjangoFilterBackend):
    """Filters by the names of the view's filter set. It reads `view.asked`, never the request."""

    def get_filterset_kwargs(self, request: Any, queryset: QuerySet[Any], view: Any) -> dict[str, Any]:
        return {"data": view.asked, "queryset": queryset, "request": request}


def asked_of(request: Request, filters: type[Period], beside: frozenset[str], now: datetime) -> dict[str, str]:
    """What was asked, by name, with the usual period filled in. Raises ValidationError for what is not known.

    `beside`: names that are no filters.
    """
    return with_period(only_known(request, frozenset(filters.get_filters()) | beside), filters, now)


def with_period(asked: dict[str, str], filters: type[Period], now: datetime) -> dict[str, str]:
    """The same with the usual period filled in. Raises ValidationError for a time that cannot be meant."""
    return asked | _period(asked, filters.usual, now) if filters.time_field else asked


def only_known(request: Request, known: frozenset[str]) -> dict[str, str]:
    """What was asked, by name. Raises ValidationError for another name, and for one that comes twice."""
    asked = {name: str(value) for name, value in request.query_params.items()}
    if unknown := sorted(set(asked) - known):
        names = f"Known: {', '.join(sorted(known))}." if known else "It tells all that there is."
        raise ValidationError({unknown[0][:60]: f"Nothing is asked by this name. {names}"})
    if twice := sorted(name for name in asked if len(request.query_params.getlist(name)) > 1):
        raise ValidationError({twice[0]: "Ask for it once."})
    return asked


def _period(asked: dict[str, str], usual: timedelta | None, now: datetime) -> dict[str, str]:
    ends = {name: _moment(name, asked[name]) for name in ("from", "to") if asked.get(name)}
    if usual:
        ends.setdefault("to", _next_minute(now))
        ends.setdefault("from", ends["to"] - usual)
    if len(ends) == 2 and ends["from"] >= ends["to"]:
        raise ValidationError({"from": "It has to be before `to`."})
    return {name: moment.isoformat() for name, moment in ends.items()}


def _next_minute(now: datetime) -> datetime:
    """Until then the same is asked, and an `ETag` holds that is over `next` too."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _moment(name: str, text: str) -> datetime:
    """In UTC."""
    try:
        # A `+` that was not escaped is a space by now.
        moment = parse_datetime(text.replace(" ", "+") if "T" in text else text)
        if moment is not None and moment.tzinfo is not None and FIRST <= moment < LAST:
            return moment.astimezone(UTC)
    except ValueError:
        pass
    raise ValidationError({name: "Write a time from 1970 to 2099 with its zone, such as 2026-11-21T12:00:00Z."})
