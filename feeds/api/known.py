"""Filters by what is on a list: a code of ours, or yes and no. Who asks for another one is told which there are."""

from typing import Any, Final

from django import forms
from django.db.models import Model
from django_filters import CharFilter, TypedChoiceFilter

# Of hundreds of instruments the first ones show how they are written.
_NAMED: Final = 40


class CodeField(forms.CharField):
    """The key of a row of this model."""

    def __init__(self, *, model: type[Model], **options: Any) -> None:
        super().__init__(**options)
        self._rows = model._default_manager.order_by("pk")

    def validate(self, value: str) -> None:
        super().validate(value)
        # Before the database is asked: PostgreSQL refuses to look for some of what they refuse.
        self.run_validators(value)
        if value and not self._rows.filter(pk=value).exists():
            known = [str(key) for key in self._rows.values_list("pk", flat=True)[:_NAMED]]
            raise forms.ValidationError(f"There is none such. Known: {', '.join(known) or 'none'}.")


class CodeFilter(CharFilter):
    """`CodeFilter("venue_id", model=Venue)`."""

    field_class = CodeField


class YesNoFilter(TypedChoiceFilter):
    """`true` or `false`. `is_yes` is what is compared with the column for `true`."""

    def __init__(self, *args: Any, is_yes: bool = True, **options: Any) -> None:
        words = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=words, coerce=lambda word: (word == "true") is is_yes, **options)
