"""What the site says of itself to people and machines."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.answer import json_answer
from dashboard.panels import builtin
from dashboard.panels.page import read_page
from dashboard.panels.views import show
from dashboard.people.roles import may_operate
from dashboard.site import mode
from dashboard.system.health import health_of, redis_status_of
from dashboard.system.operation import groups
from dashboard.system.system import UNHEALTHY, System, judge
from dashboard.system.watch import WATCH
from positions.queries.visible import visible_accounts

# Without scripts the operator's page loads itself again.
REFRESH_S: Final = 5


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboard/notices.html", {"mode": mode()})


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def system(request: HttpRequest) -> HttpResponse:
    """The operator's page: every part of the system, how it is, and what to do."""
    if not may_operate(request.user):
        return render(request, "403.html", status=403)
    accounts = visible_accounts(request.user)
    page = read_page(accounts, builtin.SYSTEM, request.GET.get("feed", ""))
    labels = {account.id: account.label for account in accounts}
    status, reasons = judge(page.seen, labels)
    told = {"groups": groups(page.seen, labels), "status": status, "reasons": reasons, "refresh_s": REFRESH_S}
    return show(request, page, "dashboard/system.html", **told)


@require_safe
@cache_control(no_store=True)
def health(request: HttpRequest) -> HttpResponse:
    """For load balancers and people: 503 when it is unhealthy. Only operators are told why."""
    seen = WATCH.system()
    answer = health_of(seen, _is_operator(request, seen))
    return json_answer(answer, 503 if answer.status == UNHEALTHY else 200)


@require_safe
@cache_control(private=True, no_store=True)
def redis_status(request: HttpRequest) -> HttpResponse:
    seen = WATCH.system()
    if not _is_operator(request, seen):
        return json_answer({"error": "Only operators may see this: log in first."}, 403)
    return json_answer(redis_status_of(seen))


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Says that this process answers. Asks nothing of Redis or the database."""
    return HttpResponse("ok", content_type="text/plain")


def _is_operator(request: HttpRequest, seen: System) -> bool:
    """While the database is away everybody is a stranger, and nobody waits for it."""
    try:
        return bool(seen.has_database and may_operate(request.user))
    except Error:
        return False
