"""Rows that workers write, in the admin: read, and nothing else."""

from collections.abc import Callable

from django.contrib import admin
from django.db import models
from django.http import HttpRequest


class ReadOnlyAdmin(admin.ModelAdmin):
    """For rows that workers write."""

    # Counting a table of millions of trades for its page numbers would take longer than the page.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def exact(field: str) -> Callable[[models.Model], str]:
    """A column of a decimal, digit by digit: Django's own display pads to the column's 18 decimals."""

    @admin.display(description=field, ordering=field)
    def show(row: models.Model) -> str:
        value = getattr(row, field)
        return "" if value is None else format(value, "f")

    return show
