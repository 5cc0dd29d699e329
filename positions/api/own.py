"""What the lists of accounts have in common: whoever asks, sees rows of accounts that are theirs to see."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import Model, Q, QuerySet
from django_filters import CharFilter, ChoiceFilter, Filter, FilterSet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from feeds.api.asking import Period
from feeds.api.listing import History
from feeds.api.row import RowSerializer
from positions.queries.visible import ids_of

_MOST: Final = 2**63 - 1


def no_such_account(account: int | str) -> NotFound:
    """The same words for one that is not there as for one of others."""
    return NotFound(f"There is no account {str(account)[:40]} that you may see.")


@extend_schema_field({"type": "integer", "minimum": 1, "description": "Its id. Usual: all that you may see."})
class AccountFilter(Filter):
    """One of the reader's accounts."""

    field_class = forms.IntegerField
    parent: FilterSet

    def __init__(self) -> None:
        super().__init__("account_id", min_value=1, max_value=_MOST)

    def filter(self, qs: QuerySet[Any], value: int | None) -> QuerySet[Any]:
        asking: Any = self.parent.request
        if value is not None and value not in ids_of(asking.user):
            raise no_such_account(value)
        rows: QuerySet[Any] = super().filter(qs, value)
        return rows


class WordFilter(ChoiceFilter):
    """One of the words of a column."""

    def __init__(self, words: type[Enum]) -> None:
        super().__init__(choices=[(word.value, word.value) for word in words])


class Among(ChoiceFilter):
    """A word for some of the rows; `usual` where nobody says one."""

    def __init__(self, among: Mapping[str, Q], usual: str) -> None:
        super().__init__(choices=[(word, word) for word in among], help_text=f"Usual: {usual}.")
        self._among, self._usual = among, usual

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(self._among[value or self._usual])


class OwnPeriod(Period):
    account = AccountFilter()


class SymbolPeriod(OwnPeriod):
    symbol = CharFilter(help_text="The venue's spelling, such as BTCUSDT.")


class OwnRow(RowSerializer):
    """The first columns of every row of an account."""

    id = serializers.IntegerField()
    account = serializers.IntegerField(source="account_id")


class OwnHistory(History):
    """Rows of `model`, which has an account."""

    model: ClassVar[type[Model]]

    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(account__in=ids_of(self.request.user))
