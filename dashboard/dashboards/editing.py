"""Arranging one dashboard: a page of forms that needs no script, and what the script in the page saves."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.answer import json_answer
from dashboard.dashboards import changes, rights
from dashboard.dashboards.forms import PanelForm, SizeForm, TitleForm
from dashboard.dashboards.order import read
from dashboard.dashboards.views import private, seen_by, to_arrange
from dashboard.models import Dashboard, Panel
from dashboard.site import Visit
from positions.queries.visible import visible_accounts

_STEPS = {"up": -1, "down": 1}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@private
def edit(request: Visit, pk: int) -> HttpResponse:
    """All of it as forms; a POST is a new title."""
    dashboard = seen_by(request, pk)
    if not rights.may_change(request.user, dashboard):
        return _refusal(request)
    form = TitleForm(request.POST if request.method == "POST" else None, instance=dashboard)
    if form.is_bound and form.is_valid():
        changes.rename(dashboard, form.cleaned_data["title"])
        return redirect("dashboard-edit", pk)
    return _page(request, dashboard, form, PanelForm(request.user))


@require_POST
@login_required
def add(request: Visit, pk: int) -> HttpResponse:
    """One more panel. Back to where it was asked for: to the page itself, or to the forms."""
    dashboard = seen_by(request, pk)
    if not rights.may_change(request.user, dashboard):
        return _refusal(request)
    form = PanelForm(request.user, request.POST)
    if form.is_valid():
        try:
            changes.add(dashboard, form.instance)
        except changes.TooMany as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(to_arrange(pk) if "in_page" in request.POST else reverse("dashboard-edit", args=[pk]))
    return _page(request, dashboard, TitleForm(instance=dashboard), form)


@require_POST
@login_required
def change(request: Visit, pk: int, number: int) -> HttpResponse:
    """One step of one panel: up, down, remove, or another size. One that is gone stays gone."""
    dashboard = seen_by(request, pk)
    if not rights.may_change(request.user, dashboard):
        return _refusal(request)
    step, form = request.POST.get("step", ""), SizeForm(request.POST)
    if step in _STEPS:
        changes.move(dashboard, number, _STEPS[step])
    elif step == "remove":
        changes.remove(dashboard, number)
    elif form.is_valid():
        changes.resize(dashboard, number, form.cleaned_data["size"])
    return redirect("dashboard-edit", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@private
def arrange(request: Visit, pk: int) -> HttpResponse:
    """The revision that there is; a POST puts all panels in order at once. JSON."""
    dashboard = seen_by(request, pk)
    if request.method == "POST":
        return _arrange(request, dashboard)
    return json_answer({"revision": dashboard.revision})


def _arrange(request: Visit, dashboard: Dashboard) -> HttpResponse:
    if not rights.may_change(request.user, dashboard):
        return json_answer({"text": _("You may not change this dashboard.")}, 403)
    try:
        changes.arrange(dashboard, read(request.body))
    except ValueError as error:
        return json_answer({"text": str(error)}, 400)
    except changes.Overtaken as overtaken:
        return json_answer({"revision": overtaken.revision}, 409)
    return json_answer({"revision": dashboard.revision})


def _refusal(request: Visit) -> HttpResponse:
    return render(request, "403.html", status=403)


def _page(request: Visit, dashboard: Dashboard, title_form: TitleForm, panel_form: PanelForm) -> HttpResponse:
    labels = {view.id: view.label for view in visible_accounts(request.user)}
    context: dict[str, Any] = {
        "dashboard": dashboard,
        "lines": [{"panel": panel, "about": _about(panel, labels)} for panel in dashboard.panels.all()],
        "title_form": title_form,
        "panel_form": panel_form,
        "widths": Dashboard.Width.choices,
    }
    return render(request, "dashboard/dashboards/edit.html", context)


def _about(panel: Panel, labels: dict[int, str]) -> str:
    """What it shows of its own; the name of an account only to who may see it."""
    if panel.account_id is not None:
        return labels.get(panel.account_id) or _("an account that you may not see")
    return panel.instrument_id or ""
