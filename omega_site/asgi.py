"""The ASGI application: pages over HTTP, live updates over WebSocket behind an origin check and a login."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omega_site.settings")
os.environ.setdefault("OMEGA_ROLE", "web")
# Django first: consumers import models, which need the applications to be loaded.
django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from dashboard.origins import OwnOriginsOnly  # noqa: E402
from dashboard.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": django_application,
        # Full origins: the host alone would let another scheme or port of this machine in.
        "websocket": OwnOriginsOnly(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)), settings.ALLOWED_ORIGINS),
    }
)
