"""Actions on several rows that cannot be taken back: a page says what will happen, and asks."""

from typing import Any, Final

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from feeds.admin.base import ModelAdmin

NAMED: Final = 20


def ask(
    admin: ModelAdmin, request: HttpRequest, rows: QuerySet[Any], title: str, what_it_does: str
) -> HttpResponse | None:
    """The page that asks; None once the answer was yes."""
    if "confirmed" in request.POST:
        return None
    count = rows.count()
    context = {
        **admin.admin_site.each_context(request),
        "title": title,
        "opts": admin.opts,
        "what_it_does": what_it_does,
        "rows": rows[:NAMED],
        "more": max(0, count - NAMED),
        "sent": [
            (name, value)
            for name in ("action", "index", "select_across", ACTION_CHECKBOX_NAME)
            for value in request.POST.getlist(name)
        ],
    }
    return TemplateResponse(request, "admin/confirmation.html", context)
