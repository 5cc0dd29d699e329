"""`manage.py openapi`: writes docs/openapi.json anew, after the API was changed."""

from typing import Any

from django.core.management.base import BaseCommand

from dashboard.api import schema


class Command(BaseCommand):
    help = "Write docs/openapi.json, made of the routes of the REST API."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        schema.PATH.write_text(schema.text(), encoding="utf-8")
        self.stdout.write(f"Written: {schema.PATH}")
