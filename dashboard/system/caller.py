"""Who asks for the health of the site: a stranger, somebody who may not see it, or an operator. Nobody waits long.

Operators are known by the session of a page, by an API token, or by the site's own monitoring token, which needs no
database.
"""

import asyncio
import hmac
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto
from io import BytesIO
from threading import Semaphore
from typing import Any, Final

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import Error, connections
from rest_framework.exceptions import Throttled

from dashboard.api.throttle import WrongTokens
from dashboard.protocol.topics import OF_STAFF
from dashboard.sockets.identity import identify
from dashboard.sockets.login import Headers, Login, TokenLogin, bearer_of, session_of

# A database that hangs makes everybody a stranger.
KNOWN_WITHIN_S: Final = 0.2
# Threads of our own, so that pages which wait for the database keep none of them.
_THREADS: Final = ThreadPoolExecutor(2, thread_name_prefix="who asks")
# More than so many at a time are made-up logins, or the database hangs: nobody is asked about then.
_ROOM: Final = Semaphore(32)


class Caller(Enum):
    STRANGER = auto()
    # One whose address has shown too many wrong tokens.
    GUESSER = auto()
    KNOWN = auto()
    OPERATOR = auto()


async def caller_of(scope: Any) -> Caller:
    """Never fails: who cannot be known is a stranger."""
    headers = list(scope["headers"])
    bearer = bearer_of(headers)
    if bearer is not None and hmac.compare_digest(bearer.encode(), settings.MONITORING_TOKEN.encode()):
        return Caller.OPERATOR
    if (login := _login(bearer, headers)) is None:
        return Caller.STRANGER
    wrong = WrongTokens() if isinstance(login, TokenLogin) else None
    if wrong and not _may_show_more(wrong, scope):
        return Caller.GUESSER
    if not _ROOM.acquire(blocking=False):
        return Caller.STRANGER
    looking = asyncio.get_running_loop().run_in_executor(_THREADS, _look_up, login, wrong)
    # Whoever waits no more leaves the question where it is: it has its room until it was asked.
    done, _ = await asyncio.wait([looking], timeout=KNOWN_WITHIN_S)
    return looking.result() if done else Caller.STRANGER


def _login(bearer: str | None, headers: Headers) -> Login | None:
    """A token that is none says nothing, not even that there is a session besides."""
    if bearer is None:
        return session_of(headers)
    try:
        return TokenLogin.of(bearer)
    except ValueError:
        return None


def _may_show_more(wrong: WrongTokens, scope: Any) -> bool:
    """Counted in memory, with those that the API is shown by the same address."""
    # Whatever else is in it may be no text.
    forwarded = [each for each in scope["headers"] if each[0] == b"x-forwarded-for"]
    try:
        wrong.check(ASGIRequest({**scope, "query_string": b"", "headers": forwarded}, BytesIO()))
    except Throttled:
        return False
    return True


def _look_up(login: Login, wrong: WrongTokens | None) -> Caller:
    try:
        identity = identify(login)
    except Error:
        return Caller.STRANGER
    finally:
        # Seldom asked, and one that broke is not asked again.
        connections.close_all()
        _ROOM.release()
    if identity is None:
        if wrong:
            wrong.note()
        return Caller.STRANGER
    return Caller.OPERATOR if identity.topics & OF_STAFF else Caller.KNOWN
