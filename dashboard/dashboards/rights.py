"""Who may see and arrange which dashboard, and with which one somebody begins. Blocking."""

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from dashboard.models import Dashboard, StartPage


def listed(user: User) -> QuerySet[Dashboard]:
    """Those that are meant for this user: their own, and their groups'."""
    meant = Dashboard.objects.filter(Q(owner=user) | Q(groups__user=user))
    return Dashboard.objects.filter(pk__in=meant.values("pk"))


def visible(user: User) -> QuerySet[Dashboard]:
    """Whoever has the right to see dashboards sees all of them."""
    return Dashboard.objects.all() if user.has_perm("dashboard.view_dashboard") else listed(user)


def may_change(user: User, dashboard: Dashboard) -> bool:
    return dashboard.owner_id == user.pk or user.has_perm("dashboard.change_dashboard")


def may_delete(user: User, dashboard: Dashboard) -> bool:
    return dashboard.owner_id == user.pk or user.has_perm("dashboard.delete_dashboard")


def start_of(user: User) -> Dashboard | None:
    """What the user chose, else what a group of theirs begins with; None: the overview. What is hidden now is not."""
    chosen = StartPage.objects.filter(user=user).select_related("dashboard").first()
    if chosen and chosen.dashboard is None:
        return None
    if chosen and chosen.dashboard and visible(user).filter(pk=chosen.dashboard.pk).exists():
        return chosen.dashboard
    of_groups = Dashboard.objects.filter(audiences__is_start=True, audiences__group__user=user)
    return of_groups.order_by("audiences__group__name").first()


def choose_start(user: User, dashboard: Dashboard | None) -> None:
    StartPage.objects.update_or_create(user=user, defaults={"dashboard": dashboard})
