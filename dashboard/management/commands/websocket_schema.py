"""`manage.py websocket_schema`: writes docs/websocket.schema.json anew, after the protocol was changed."""

from typing import Any

from django.core.management.base import BaseCommand

from dashboard.protocol import schema


class Command(BaseCommand):
    help = "Write docs/websocket.schema.json, made of the types by which the server reads and writes."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        schema.PATH.write_text(schema.text(), encoding="utf-8")
        self.stdout.write(f"Written: {schema.PATH}")
