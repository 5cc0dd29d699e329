"""Pages of panels. Each is complete as it leaves the server; the socket only keeps it so."""

from typing import Any, Final

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.feed.history import WIDTHS
from dashboard.panels import builtin
from dashboard.panels.page import PageView, read_page
from positions.queries.visible import visible_accounts

# Lightweight Charts puts one constant <style> for its attribution logo into the page; this is the hash of it.
CHART_STYLE: Final = "'sha256-3pRED1tOXas1FXFoPb9TGCjmYe9XQsmO9OV23khV2nY='"


@require_safe
@login_required
@cache_control(private=True, no_store=True)
@csp_update({"style-src": [CHART_STYLE]})  # type: ignore[arg-type]  # its types know no view with arguments
def instrument(request: HttpRequest, code: str) -> HttpResponse:
    page = read_page(visible_accounts(request.user), builtin.INSTRUMENT, request.GET.get("feed", ""), code)
    if code not in {each.code for board in page.boards.values() for each in board.feed.instruments}:
        raise Http404(_("This instrument is not shown."))
    return show(request, page, "dashboard/page.html")


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def positions(request: HttpRequest) -> HttpResponse:
    """What the user's accounts hold."""
    views = visible_accounts(request.user)
    accounts = [view.id for view in views]
    page = read_page(views, builtin.of_accounts(accounts))
    return show(request, page, "dashboard/accounts/positions.html", accounts=accounts)


def show(request: HttpRequest, page: PageView, template: str, **more: object) -> HttpResponse:
    """A page of panels, and what else its template wants."""
    context: dict[str, Any] = {"page": page, "now": page.now, "widths": WIDTHS, **more}
    return render(request, template, context)
