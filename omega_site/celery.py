"""The Celery application. Its settings are the CELERY_* names of settings.py."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omega_site.settings")

app = Celery("omega")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# What a task logs has the ids of the request that started it.
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def _leave_logging_alone(**_: Any) -> None:
    """Django has set it up; that somebody listens keeps Celery's own formats out."""
