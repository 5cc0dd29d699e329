"""The dashboard application. It has no tables of its own."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"
