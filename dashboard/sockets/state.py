"""The newest state over plain HTTP: what a subscription would begin with, for pages that get no WebSocket through."""

from collections import defaultdict
from typing import Final

import msgspec
from django.db import Error as DatabaseAway
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.answer import json_answer
from dashboard.audience import Interest
from dashboard.hub import SourceName
from dashboard.protocol import codes
from dashboard.protocol.commands import MOST_TOPICS, Wish
from dashboard.sockets.login import session_of
from dashboard.sockets.order import Refused, order
from dashboard.sockets.station import STATION, Station

# A page that nobody looked at for a minute is read anew.
WITHIN_S: Final = 1.0
_STATUS: Final = {codes.BAD_FRAME: 400, codes.NOT_ALLOWED: 403, codes.NOT_FOUND: 404, codes.NOT_AVAILABLE: 503}
_WISHES: Final = msgspec.json.Decoder(list[Wish])

Wanted = dict[SourceName, set[Interest]]


@require_safe
@cache_control(private=True, no_store=True)
async def state(request: HttpRequest) -> HttpResponse:
    """`topics` is as in the command subscribe of docs/websocket.md; the answer is a list of frames."""
    try:
        wishes = _WISHES.decode(request.GET.get("topics", ""))
    except (msgspec.DecodeError, ValueError):
        return json_answer({"error": "topics has to be a JSON list of topics: docs/websocket.md."}, 400)
    if not 0 < len(wishes) <= MOST_TOPICS:
        return json_answer({"error": f"Ask for 1 to {MOST_TOPICS} topics."}, 400)
    try:
        wanted = await _wanted(STATION, request, wishes)
    except PermissionError:
        return json_answer({"error": "Log in first."}, 401)
    except Refused as refused:
        return json_answer({"error": refused.text}, _STATUS[refused.code])
    except (DatabaseAway, TimeoutError):
        return json_answer({"error": "The database does not answer. Try again."}, 503)
    frames = await STATION.hub.state(wanted, WITHIN_S)
    return HttpResponse(f"[{','.join(frames)}]", content_type="application/json")


async def _wanted(station: Station, request: HttpRequest, wishes: list[Wish]) -> Wanted:
    """Raises PermissionError for who is not logged in, Refused, the database's error, TimeoutError."""
    login = session_of([(b"cookie", request.headers.get("cookie", "").encode())])
    identity = await station.inspector.ask(login) if login else None
    if identity is None:
        raise PermissionError
    feeds = await station.directory.feeds()
    manner = identity.reads.manner(request.headers.get("Accept-Language", ""))
    wanted: Wanted = defaultdict(set)
    for wish in wishes:
        made = order(msgspec.structs.replace(wish, after=None), identity, feeds, manner)
        wanted[made.source] |= made.interests
    return wanted
