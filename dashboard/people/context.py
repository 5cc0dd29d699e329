"""What every template may ask for."""

from typing import Any

from django.http import HttpRequest

from dashboard import manner
from dashboard.people.roles import may_operate
from feeds.clock import SystemClock


def page(request: HttpRequest) -> dict[str, Any]:
    """Said of the request, so that a page that fails early needs nothing of the database."""
    return {
        "manner": manner.active(),
        "zone_name": lambda: manner.zone_name(SystemClock().now()),
        "may_operate": lambda: may_operate(request.user),
    }
