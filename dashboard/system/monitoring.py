"""What machines ask: /live, /ready, /health, /metrics and /redis/status, answered from what is known already.

An ASGI application in front of the pages, and alone on the port for machines. It goes through none of Django's
middleware and waits for no thread of the pages, so it answers while all of them hang.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from dashboard.sockets.login import Headers
from dashboard.system.caller import Caller, caller_of
from dashboard.system.exposition import exposition
from dashboard.system.health import health_of, redis_status_of
from dashboard.system.measures import metrics_of
from dashboard.system.system import UNHEALTHY, System
from dashboard.system.watch import FIRST_LOOK_S, Watch

_JSON: Final = "application/json"
_TEXT: Final = "text/plain; charset=utf-8"
_LIVE: Final = "/live"
_SAFE: Final = ("GET", "HEAD")
# What a scraper accepts, and no browser or script that says */*.
_EXPOSITIONS: Final = ("text/plain", "application/openmetrics-text")
_STRANGER: Final = "Log in, or send a token: Authorization: Bearer TOKEN."
_NOT_ALLOWED: Final = "Only operators may see this."
_TOO_MANY: Final = "Too many wrong tokens came from your address. Come again in a minute."
# Those of the last minute count.
_COME_AGAIN_AFTER_S: Final = 60


class Answer(NamedTuple):
    status: int
    body: bytes
    content_type: str = _JSON


class Question(NamedTuple):
    """`accept` is what the header of that name says, "" without one."""

    system: System
    caller: Caller
    accept: str


class Monitoring:
    """`pages` answer whatever else is asked, but for the port for machines: there nothing else is."""

    def __init__(self, pages: Any, watch: Watch, port: int) -> None:
        self._pages = pages
        self._watch = watch
        self._port = port

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        is_live, answer = scope["path"] == _LIVE, _ANSWERS.get(scope["path"])
        if answer is None and not is_live and not self._is_for_machines(scope):
            await self._pages(scope, receive, send)
        elif answer is None and not is_live:
            await _send(send, scope, Answer(404, b"There is nothing here.\n", _TEXT))
        elif scope["method"] not in _SAFE:
            await _send(send, scope, Answer(405, b"Only GET and HEAD.\n", _TEXT))
        elif answer is None:
            # This process answers, whatever else does: nothing is looked at.
            await _send(send, scope, Answer(200, b"ok", _TEXT))
        else:
            await _send(send, scope, answer(await self._question(scope)))

    def _is_for_machines(self, scope: Any) -> bool:
        _, port = scope.get("server") or ("", None)
        return bool(self._port and port == self._port)

    async def _question(self, scope: Any) -> Question:
        # The first look alone takes a while.
        system = self._watch.system(patience_s=0)
        if None in system.servers.values() or system.database is None:
            system = await asyncio.to_thread(self._watch.system, FIRST_LOOK_S)
        caller = Caller.STRANGER if scope["path"] in _FOR_ANYBODY else await caller_of(scope)
        return Question(system, caller, _header(scope["headers"], b"accept"))


def _ready(asked: Question) -> Answer:
    """Pages can be shown: the database answers. Without Redis they show the last that was known."""
    return Answer(200, b"ok", _TEXT) if asked.system.has_database else Answer(503, b"not ready", _TEXT)


def _health(asked: Question) -> Answer:
    """For load balancers and people: 503 when it is unhealthy. Only operators are told why."""
    told = health_of(asked.system, asked.caller is Caller.OPERATOR)
    return _json(told, 503 if told.status == UNHEALTHY else 200)


def _redis_status(asked: Question) -> Answer:
    return _refusal(asked.caller) or _json(redis_status_of(asked.system))


def _metrics(asked: Question) -> Answer:
    is_scrape = any(each in asked.accept for each in _EXPOSITIONS) and _JSON not in asked.accept
    return _prometheus(asked) if is_scrape else _refusal(asked.caller) or _json(metrics_of(asked.system))


def _prometheus(asked: Question) -> Answer:
    return _refusal(asked.caller) or Answer(200, *exposition(asked.system, asked.accept))


_ANSWERS: Final[Mapping[str, Callable[[Question], Answer]]] = {
    "/ready": _ready,
    "/health": _health,
    "/metrics": _metrics,
    "/metrics/prometheus": _prometheus,
    "/redis/status": _redis_status,
}
_FOR_ANYBODY: Final = ("/ready",)


def _refusal(caller: Caller) -> Answer | None:
    match caller:
        case Caller.OPERATOR:
            return None
        case Caller.KNOWN:
            return _json({"error": _NOT_ALLOWED}, 403)
        case Caller.STRANGER:
            return _json({"error": _STRANGER}, 401)
        case Caller.GUESSER:
            return _json({"error": _TOO_MANY}, 429)


def _json(told: object, status: int = 200) -> Answer:
    return Answer(status, msgspec.json.encode(told))


def _header(headers: Headers, name: bytes) -> str:
    return ", ".join(value.decode("latin1") for each, value in headers if each == name)


async def _send(send: Any, scope: Any, answer: Answer) -> None:
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"cache-control", b"private, no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if answer.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if answer.status == 429:
        headers.append((b"retry-after", b"%d" % _COME_AGAIN_AFTER_S))
    if answer.status == 405:
        headers.append((b"allow", ", ".join(_SAFE).encode()))
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
