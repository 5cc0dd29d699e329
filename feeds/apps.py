"""The feeds application: SQLite is taught exact decimals, and every known venue gets its row."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class FeedsConfig(AppConfig):
    name = "feeds"
    verbose_name = "Market data"

    def ready(self) -> None:
        from feeds import checks, fields  # noqa: F401

        connection_created.connect(fields.teach_sqlite, dispatch_uid="feeds.teach_sqlite")
        post_migrate.connect(_add_missing_rows, sender=self)


def _add_missing_rows(**_: Any) -> None:
    from feeds.seed import add_missing_rows

    add_missing_rows()
