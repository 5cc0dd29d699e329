"""The feeds application: SQLite is taught exact decimals, every known venue gets its row, and loops their turns."""

import gc
import sys
from typing import Any, Final

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

# A loop gives the interpreter away with each call of its socket. A thread that is busy, such as the drain's, keeps it
# for 5 ms then, unless told otherwise: at a thousand calls a second a loop would do nothing but wait.
SWITCH_EVERY_S: Final = 0.0005


class FeedsConfig(AppConfig):
    name = "feeds"
    verbose_name = _("Market data")

    def ready(self) -> None:
        from feeds import checks, fields  # noqa: F401

        sys.setswitchinterval(SWITCH_EVERY_S)
        # What is loaded by now stays: to look through it for garbage, again and again, stops every loop for 50 ms.
        gc.freeze()
        connection_created.connect(fields.teach_sqlite, dispatch_uid="feeds.teach_sqlite")
        post_migrate.connect(_add_missing_rows, sender=self)


def _add_missing_rows(**_: Any) -> None:
    from feeds.seed import add_missing_rows

    add_missing_rows()
