"""Rows that workers write, in the admin: read, and nothing else."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from feeds.admin.base import ModelAdmin
from feeds.fields import ExactDecimalField


class ReadOnlyAdmin(ModelAdmin):
    """For rows that workers write."""

    # Counting a table of millions of trades for its page numbers would take longer than the page.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> Any:
        exact: dict[Any, Any] = {
            field.name: _exact(field) for field in self.opts.fields if isinstance(field, ExactDecimalField)
        }
        return [exact.get(name, name) for name in super().get_list_display(request)]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """JSON as text: the theme paints it with styles, which the policy forbids."""
        painted = {field.name: _as_text(field) for field in self.opts.fields if isinstance(field, models.JSONField)}
        return [painted.get(str(name), name) for name in super().get_fields(request, obj)]


def _exact(field: "models.Field[Any, Any]") -> Callable[[models.Model], str]:
    """A column of a decimal, digit by digit: Django's own display pads to the column's 18 decimals."""

    @admin.display(description=field.verbose_name, ordering=field.name)
    def show(row: models.Model) -> str:
        value = getattr(row, field.name)
        return "" if value is None else format(value, "f")

    return show


def _as_text(field: "models.Field[Any, Any]") -> Callable[[models.Model], str]:
    """A field of JSON."""

    @admin.display(description=field.verbose_name)
    def show(row: models.Model) -> str:
        return json.dumps(getattr(row, field.name), indent=2, ensure_ascii=False)

    return show
