"""The staff page of the accounts' lines, complete as it leaves the server; the socket only keeps it so."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.accounts.shelves import read_shelves
from dashboard.people.roles import may_operate
from dashboard.site import mode
from dashboard.system.banner import lines
from dashboard.system.watch import WATCH
from feeds.clock import SystemClock
from positions.queries.visible import visible_accounts


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def debug(request: HttpRequest) -> HttpResponse:
    """B-26: what the lines of the accounts said lately, for operators."""
    if not may_operate(request.user):
        # Not raised: a right that is gone is no traceback in the log.
        return render(request, "403.html", status=403)
    seen = WATCH.system()
    shelves = read_shelves(visible_accounts(request.user), seen)
    context = {"shelves": shelves, "mode": mode(), "health": lines(seen), "now": SystemClock().now()}
    return render(request, "dashboard/accounts/debug.html", context)
