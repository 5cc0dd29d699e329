"""Routes of the pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from dashboard import views
from dashboard.accounts import views as accounts
from dashboard.sockets import api
from dashboard.tokens import views as tokens

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("login/", LoginView.as_view(extra_context={"mode": views.mode()}), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("candles/<str:instrument>.json", views.candle_bars, name="candles"),
    path("positions/", accounts.positions, name="positions"),
    path("debug/position_component_debug.html", accounts.debug, name="position-debug"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("notices/", views.notices, name="notices"),
    path("system/", views.system, name="system"),
    path("health", views.health, name="health"),
    path("redis/status", views.redis_status, name="redis-status"),
    path("live", views.live, name="live"),
    path("api/v1/clients/", api.clients, name="clients"),
    path("api/v1/clients/<str:client_id>/disconnect/", api.disconnect, name="disconnect-client"),
]
