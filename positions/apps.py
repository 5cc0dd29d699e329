"""The positions application: private accounts. Its sessions run in the same workers as the feeds."""

from django.apps import AppConfig


class PositionsConfig(AppConfig):
    name = "positions"
    verbose_name = "Accounts"
