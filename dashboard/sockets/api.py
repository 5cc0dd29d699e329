"""REST about live clients: who is connected, and to send one away. With a session, as the pages are."""

import logging

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from dashboard.answer import json_answer
from dashboard.sockets.control import tell_disconnect
from dashboard.sockets.herald import read_all
from feeds.errors import printable

logger = logging.getLogger(__name__)


@require_safe
@cache_control(private=True, no_store=True)
def clients(request: HttpRequest) -> HttpResponse:
    """Those of all processes, as a list, the newest first."""
    if refusal := _refusal(request, "dashboard.view_liveclient"):
        return refusal
    lines = async_to_sync(read_all)()
    if lines is None:
        return _error(503, "The store of live data does not answer, so nobody knows. Try again.")
    return json_answer(lines)


@require_POST
def disconnect(request: HttpRequest, client_id: str) -> HttpResponse:
    """202: whichever process has the client closes its socket within a moment, with 4001."""
    if refusal := _refusal(request, "dashboard.disconnect_liveclient"):
        return refusal
    if not send_away(client_id, request.user.get_username()):
        return _error(404, "No client of this name is connected.")
    return json_answer({"client": client_id}, 202)


def send_away(client_id: str, username: str) -> bool:
    """Has its socket closed; False where there is no such client. While Redis is away only this process is asked."""
    lines = async_to_sync(read_all)()
    if lines is not None and client_id not in {line.id for line in lines}:
        return False
    logger.warning("%s disconnects the client %s", username, printable(client_id))
    tell_disconnect(client_id)
    return True


def _refusal(request: HttpRequest, permission: str) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return _error(401, "Log in first.")
    if not request.user.has_perm(permission):
        return _error(403, f"This needs the permission {permission}.")
    return None


def _error(status: int, text: str) -> HttpResponse:
    return json_answer({"error": text}, status)
