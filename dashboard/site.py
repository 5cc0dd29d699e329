"""What every page says of the whole site: which exchanges these are, and where one can go."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest

from feeds.queries import listed_feeds


class Visit(HttpRequest):
    """Of somebody who is logged in."""

    user: User


def mode() -> str:
    """What the banner says: are these the real exchanges?"""
    return "LIVE" if settings.OMEGA_MODE == "live" else "REPLAY"


def frame(request: HttpRequest) -> dict[str, Any]:
    """A context processor. The feeds are looked up by the template that lists them, for who is logged in."""
    return {"mode": mode(), "listed_feeds": listed_feeds}
