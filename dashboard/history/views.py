"""/history/: the newest rows of what was stored in a time, and the whole of it as a file."""

import math
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from rest_framework.exceptions import ValidationError

from dashboard.api.throttle import PerUser
from dashboard.history.form import HistoryForm, beginning
from dashboard.history.table import table_of
from dashboard.site import Visit
from feeds.api.listing import History
from feeds.api.paging import Place
from feeds.clock import SystemClock
from feeds.queries import venue_names

SHOWN: Final = 50


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def history(request: Visit) -> HttpResponse:
    limit = PerUser()
    # It asks the database what the API asks it.
    if not limit.allow_request(request, None):
        answer = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
        answer["Retry-After"] = str(math.ceil(limit.wait() or 1))
        return answer
    # What is not said is as it is on a first look.
    form = HistoryForm(beginning(SystemClock().now(), request.GET.get("kind", "trades")) | request.GET.dict())
    form.offer(request.user)
    told = _told(request, form) if form.is_valid() else {}
    return render(request, "dashboard/history/history.html", {"form": form, "most": SHOWN, **told})


def _told(request: Visit, form: HistoryForm) -> dict[str, Any]:
    kind, asked = form.chosen, form.asked()
    told_by = kind.history()
    told: dict[str, Any] = {"kind": kind, "needs": kind.asks, "from": asked["from"], "to": asked["to"]}
    try:
        rows = told_by.newest(request, asked, SHOWN, _place(request))
    except DatabaseError:
        return told | {"problem": _("The database does not answer, or this takes longer than 2 s. Choose less time.")}
    except ValidationError:
        return told | {"problem": _("This cannot be asked. Choose something else.")}
    table = table_of(told_by.headings(), rows, told_by.time_name, venue_names())
    # The same time as in the table, also for "until now".
    address = reverse(f"api-{form.cleaned_data['kind']}-export")
    files = {form: f"{address}?{urlencode({'as': form, **asked})}" for form in ("csv", "ndjson")}
    return told | {"names": table.heads, "rows": table.rows, "files": files, "older": _older(form, told_by, rows)}


def _place(request: Visit) -> Place | None:
    """Where the page before ended; the newest rows for what is no place."""
    with suppress(ValueError):
        return Place.parse(request.GET["cursor"]) if "cursor" in request.GET else None
    return None


def _older(form: HistoryForm, told_by: History, rows: list[dict[str, Any]]) -> str:
    """Where those before the last row are; nothing where there is none."""
    if len(rows) < SHOWN:
        return ""
    chosen = {name: form.data[name] for name in form.fields if form.data.get(name)}
    return f"?{urlencode(chosen | {'cursor': str(told_by.place_of(rows[-1]))})}"
