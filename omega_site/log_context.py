"""What the lines of a request have in common: its id, told to whoever asked, and who asked, as a short hash."""

import re
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django_structlog.middlewares import RequestMiddleware
from structlog.contextvars import bind_contextvars

HEADER: Final = "X-Request-ID"
_KEY: Final = "HTTP_X_REQUEST_ID"
# Of a proxy of ours, where there is one; it comes back, and stands in the log.
_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_HASH_LENGTH: Final = 12


class RequestContext(RequestMiddleware):
    """`request_id` and `login` in every line until the answer, also in those of tasks that the request starts."""

    def prepare(self, request: HttpRequest) -> None:
        if not settings.PROXY_HOPS or not _PLAIN.fullmatch(request.META.get(_KEY, "")):
            request.META[_KEY] = uuid4().hex
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        who = {"login": login(key)} if key else {}
        request.log_context = {"request_id": request.META[_KEY], **who}  # type: ignore[attr-defined]
        bind_contextvars(**who)
        super().prepare(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response[HEADER] = request.META[_KEY]
        super().handle_response(request, response)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """By its route: an address may hold what opens something, such as the link of a forgotten password."""
        match = request.resolver_match
        return f"{request.method} /{match.route}" if match else str(request.method)


def login(key: str) -> str:
    """What tells one login from others, and opens none: a hash of its session key."""
    return salted_hmac("omega.log", key).hexdigest()[:_HASH_LENGTH]
