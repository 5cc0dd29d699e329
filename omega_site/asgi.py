"""The ASGI applications: pages and their sockets, and the sockets of API clients on ports of their own."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omega_site.settings")
os.environ.setdefault("OMEGA_ROLE", "web")
# Django first: consumers import models, which need the applications to be loaded.
django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402

from dashboard.routing import broadcast_sockets, sockets  # noqa: E402
from dashboard.sockets.station import STATION  # noqa: E402
from dashboard.system.monitoring import Monitoring  # noqa: E402
from dashboard.system.watch import WATCH  # noqa: E402
from feeds.storage.counts import CountKeeper  # noqa: E402
from feeds.tally import TALLY  # noqa: E402
from omega_site.signpost import signpost  # noqa: E402

monitoring = Monitoring(django_application, WATCH, settings.HEALTH_CHECK_PORT)
application = ProtocolTypeRouter({"http": monitoring, "websocket": sockets})
broadcast_application = ProtocolTypeRouter({"http": signpost, "websocket": broadcast_sockets})
# For the server of the pages, which asks it before it makes a socket of a request.
door = sockets
# Of the process that serves either one.
close_all = STATION.close_all
counts = CountKeeper(TALLY)
