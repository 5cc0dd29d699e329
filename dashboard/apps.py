"""The dashboard application. Of its own it stores what belongs to its users: API tokens, preferences, roles."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    name = "dashboard"
    verbose_name = _("Dashboard")

    def ready(self) -> None:
        from dashboard.sockets import revocation

        revocation.connect()
        post_migrate.connect(_make_roles, sender=self)


def _make_roles(**_: Any) -> None:
    from dashboard.people.roles import make_roles

    make_roles()
