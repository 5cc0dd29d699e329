"""The dashboard application. Of its own it stores API tokens alone."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        from dashboard.sockets import revocation

        revocation.connect()
