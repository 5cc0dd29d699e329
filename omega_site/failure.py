"""What a browser is told when a page failed: that the database is away for a moment, or that it was our fault."""

import sys

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error

from dashboard.site import mode

RETRY_AFTER_S = 5


def failed(request: HttpRequest) -> HttpResponse:
    """The site's `handler500`: Django calls it in the `except` of whatever failed, in a view or around it."""
    if not isinstance(sys.exception(), (OperationalError, InterfaceError, InternalError)):
        return server_error(request)
    # Without the request: its user would be looked up in the database.
    answer = render(None, "503.html", {"mode": mode()}, status=503)
    answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer
