"""Dashboards for tests."""

from typing import Any

from django.contrib.auth.models import Group, User

from dashboard.dashboards.changes import make
from dashboard.models import Dashboard, Panel
from dashboard.panels.placed import row


def board_of(owner: User, *kinds: str, title: str = "Mine") -> Dashboard:
    """With a panel of each of these kinds."""
    return make(owner, title, row(*kinds or ("price", "venues", "tape")))


def kinds_of(dashboard: Dashboard) -> list[str]:
    """In their order, each with its size: `price:L`."""
    return [f"{panel.kind}:{panel.size}" for panel in dashboard.panels.all()]


def numbers_of(dashboard: Dashboard) -> list[int]:
    return [panel.pk for panel in dashboard.panels.all()]


def show_to(dashboard: Dashboard, user: User, is_start: bool = False, group: str = "desk") -> Group:
    """As a member of a group that sees it."""
    members, _ = Group.objects.get_or_create(name=group)
    user.groups.add(members)
    dashboard.audiences.create(group=members, is_start=is_start)
    return members


def panel_of(dashboard: Dashboard, **columns: Any) -> Panel:
    return Panel.objects.create(dashboard=dashboard, **{"kind": "price", "place": 99, **columns})
