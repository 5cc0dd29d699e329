"""Wiring: settings, routes, Celery and the process supervisor. Nothing is decided here."""

from omega_site.celery import app as celery_app

__all__ = ["celery_app"]
