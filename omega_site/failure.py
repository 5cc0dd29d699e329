"""What is told when there is no such page, or when one failed: by the database, or by our fault."""

import sys
from typing import Final

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found, server_error

from dashboard.answer import json_answer
from dashboard.site import mode

RETRY_AFTER_S: Final = 5
NO_ROUTE: Final = "There is nothing here. /api/v1/docs/ lists the routes; each ends with a slash."


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's `handler404`: programs are answered as the API answers."""
    if request.path.startswith("/api/"):
        return json_answer({"error": NO_ROUTE}, 404)
    return page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """The site's `handler500`: Django calls it in the `except` of whatever failed, in a view or around it."""
    if not isinstance(sys.exception(), (OperationalError, InterfaceError, InternalError)):
        return server_error(request)
    # Without the request: its user would be looked up in the database.
    answer = render(None, "503.html", {"mode": mode()}, status=503)
    answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer
