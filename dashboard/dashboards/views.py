"""The pages of dashboards: which there are, each of them, and what becomes of one as a whole."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.dashboards import changes, rights
from dashboard.dashboards.forms import NewForm, PanelForm
from dashboard.dashboards.gate import Viewer, gated
from dashboard.models import Dashboard
from dashboard.panels import builtin
from dashboard.panels.page import read_page
from dashboard.panels.placed import Placed
from dashboard.panels.views import CHART_STYLE, show
from dashboard.people.roles import may_operate, may_operate_as
from dashboard.site import Visit
from positions.queries.visible import ids_of_group, visible_accounts

private: Final = cache_control(private=True, no_store=True)


def of_panels(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What every page of panels is: only read, and by nobody else."""
    drawn: Callable[..., Any] = csp_update({"style-src": [CHART_STYLE]})(view)
    return require_safe(login_required(private(drawn)))


@of_panels
def start(request: Visit) -> HttpResponse:
    """What this user begins with."""
    dashboard = rights.start_of(request.user)
    return _shown(request, dashboard) if dashboard else _overview(request)


@of_panels
def overview(request: Visit) -> HttpResponse:
    """The page that is always there, whatever somebody begins with."""
    return _overview(request)


@of_panels
def shown(request: Visit, pk: int) -> HttpResponse:
    return _shown(request, seen_by(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@private
def index(request: Visit) -> HttpResponse:
    """Those that one may see, and a form for a new one."""
    form = NewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        panels = builtin.OVERVIEW if form.cleaned_data["like"] else []
        try:
            made = changes.make(request.user, form.cleaned_data["title"], panels)
        except changes.TooMany as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(to_arrange(made.pk))
    return _index(request, form)


@require_POST
@login_required
def copy(request: Visit, pk: int) -> HttpResponse:
    """One's own, with the same panels."""
    original = seen_by(request, pk)
    title = _("%(title)s (mine)") % {"title": original.title}
    try:
        made = changes.make(request.user, title[:60], panels_of(original))
    except changes.TooMany as refusal:
        form = NewForm({"title": title})
        form.add_error(None, str(refusal))
        return _index(request, form)
    return redirect("dashboard-shown", made.pk)


@require_POST
@login_required
def begin_with(request: Visit, pk: int | None = None) -> HttpResponse:
    """From now on the first page is this dashboard, or the overview."""
    rights.choose_start(request.user, None if pk is None else seen_by(request, pk))
    return redirect("dashboards")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@private
def delete(request: Visit, pk: int) -> HttpResponse:
    """Asks first."""
    dashboard = seen_by(request, pk)
    if not rights.may_delete(request.user, dashboard):
        return render(request, "403.html", status=403)
    if request.method == "POST":
        changes.delete(dashboard)
        return redirect("dashboards")
    return render(request, "dashboard/dashboards/delete.html", {"dashboard": dashboard})


@of_panels
def preview(request: Visit, pk: int) -> HttpResponse:
    """A dashboard as the members of a group see it, for who may change dashboards. It stands still."""
    if not may_operate(request.user) or not request.user.has_perm("dashboard.change_dashboard"):
        return render(request, "403.html", status=403)
    dashboard, groups = seen_by(request, pk), Group.objects.order_by("name")
    asked = request.GET.get("group", "")
    group = get_object_or_404(groups, pk=asked) if asked.isdecimal() else _first_group(dashboard) or groups.first()
    of_group = ids_of_group(group.pk) if group else frozenset()
    accounts = [view for view in visible_accounts(request.user) if view.id in of_group]
    operates = group is not None and may_operate_as(group)
    viewer = Viewer(operates, [view.id for view in accounts], is_somebody=False)
    page = read_page(accounts, gated(panels_of(dashboard), viewer))
    more = {"dashboard": dashboard, "groups": groups, "group": group}
    return show(request, page, "dashboard/dashboards/preview.html", **more)


def _first_group(dashboard: Dashboard) -> Group | None:
    """Of those that see it."""
    return dashboard.groups.order_by("name").first()


def seen_by(request: Visit, pk: int) -> Dashboard:
    """404 for what this user may not see, as for what is not there."""
    return get_object_or_404(rights.visible(request.user), pk=pk)


def to_arrange(pk: int) -> str:
    """The page in which it is arranged; without a script, its link to the forms."""
    return reverse("dashboard-shown", args=[pk]) + "#arrange"


def panels_of(dashboard: Dashboard) -> list[Placed]:
    return [placed for panel in dashboard.panels.all() if (placed := panel.placed)]


def _shown(request: Visit, dashboard: Dashboard) -> HttpResponse:
    may_change = rights.may_change(request.user, dashboard)
    more = {"dashboard": dashboard, "may_change": may_change, "panel_form": PanelForm(request.user)}
    return _page(request, panels_of(dashboard), "dashboard/dashboards/dashboard.html", **more)


def _overview(request: Visit) -> HttpResponse:
    return _page(request, builtin.OVERVIEW, "dashboard/dashboards/overview.html")


def _page(request: Visit, placed: Iterable[Placed], template: str, **more: object) -> HttpResponse:
    user = request.user
    accounts = visible_accounts(user)
    panels = gated(placed, Viewer(may_operate(user), [view.id for view in accounts]))
    page = read_page(accounts, panels, request.GET.get("feed", ""), request.GET.get("instrument", ""))
    return show(request, page, template, dashboards=rights.listed(user), **more)


def _index(request: Visit, form: NewForm) -> HttpResponse:
    begin = rights.start_of(request.user)
    lines: list[dict[str, Any]] = [
        {
            "dashboard": dashboard,
            "may_change": rights.may_change(request.user, dashboard),
            "may_delete": rights.may_delete(request.user, dashboard),
            "is_start": dashboard == begin,
        }
        for dashboard in rights.listed(request.user).select_related("owner")
    ]
    context = {"form": form, "lines": lines, "begins_with_overview": begin is None}
    return render(request, "dashboard/dashboards/index.html", context)
