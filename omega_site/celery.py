"""The Celery application. Its settings are the CELERY_* names of settings.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omega_site.settings")

app = Celery("omega")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
