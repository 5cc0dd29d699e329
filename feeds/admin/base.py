"""What the pages of all rows in the admin are made of: the theme's classes, help for each field, and warnings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from django.forms import Field, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

if TYPE_CHECKING:
    # The theme has no types of its own, and does not change these.
    from django.contrib.admin import ModelAdmin as ThemedAdmin
    from django.contrib.admin import TabularInline
else:
    from unfold.admin import ModelAdmin as ThemedAdmin
    from unfold.admin import TabularInline

__all__ = ["Danger", "ModelAdmin", "TabularInline"]


class Danger(NamedTuple):
    """What saving does that turns this field on, off, or to another value: said, and asked about, before it is done."""

    field: str
    when: Literal["on", "off", "changed"]
    text: Promise


class RowForm(ModelForm):
    """Of one row in a list: which row and which column its fields are of, is seen, and has to be said as well."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for field in self.visible_fields():
            field.field.widget.attrs["aria-label"] = f"{self.instance}: {field.label}"


class ModelAdmin(ThemedAdmin):
    # For who fills a page in; what the columns mean to who reads the code is said in the models.
    help_texts: ClassVar[Mapping[str, Promise]] = {}
    dangers: ClassVar[tuple[Danger, ...]] = ()
    # Said on the page that asks whether it is meant.
    what_deleting_does: ClassVar[Promise | str] = ""
    warn_unsaved_form = True

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **{"help_texts": self.help_texts, **kwargs})
        if obj:
            # A new row endangers nothing that is there.
            self._mark(form.base_fields)
        return form

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Of the rows that are edited in the list."""
        form: Any = super().get_changelist_form(request, **{"form": RowForm, **kwargs})
        self._mark(form.base_fields)
        return form

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        told = {"what_it_does": self.what_deleting_does, **(extra_context or {})}
        return super().delete_view(request, object_id, told)

    def _mark(self, fields: Mapping[str, Field]) -> None:
        """For static/feeds/admin/danger.js, which asks."""
        for danger in self.dangers:
            if danger.field in fields:
                fields[danger.field].widget.attrs[f"data-danger-{danger.when}"] = danger.text
