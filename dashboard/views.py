"""What the site says of itself to people and machines."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.panels import builtin
from dashboard.panels.page import read_page
from dashboard.panels.views import show
from dashboard.people.roles import may_operate
from dashboard.site import mode
from dashboard.system.operation import groups
from dashboard.system.system import judge
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
