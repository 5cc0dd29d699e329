"""Routes of the sockets."""

from typing import Any

from django.urls import path

from dashboard.accounts.consumers import DebugConsumer, PositionsConsumer
from dashboard.consumers import DashboardConsumer

# Django's stubs know views only; URLRouter takes any ASGI application.
websocket_urlpatterns: list[Any] = [
    path("ws/dashboard/", DashboardConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/positions/", PositionsConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/debug/positions/", DebugConsumer.as_asgi()),  # type: ignore[arg-type]
]
