"""How often a user may ask, and an address be wrong. Each web process counts in its memory: in the database each count
would be a write.
"""

from typing import Any

from django.core.cache import caches
from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle, UserRateThrottle

from dashboard.sockets.address import UNKNOWN, network_of


class PerUser(UserRateThrottle):
    """Who is logged in; all others are refused before. What a view calls its `throttle_scope` is counted by itself."""

    cache = caches["counters"]

    def allow_request(self, request: Request | HttpRequest, view: Any) -> bool:
        self.scope = getattr(view, "throttle_scope", "user")
        self.num_requests, self.duration = self.parse_rate(self.get_rate())
        return super().allow_request(request, view)  # type: ignore[arg-type]  # a page's will do


class WrongTokens(SimpleRateThrottle):
    """Tokens of an address that do not hold. Each costs a query, so after too many none is looked up for a while."""

    scope = "wrong_token"
    cache = caches["counters"]

    def check(self, request: Request | HttpRequest) -> None:
        """Raises Throttled. What holds is not counted."""
        if not self.allow_request(request, None):  # type: ignore[arg-type]  # no view is looked at
            raise Throttled(self.wait())

    def note(self) -> None:
        """The one that was checked does not hold."""
        # Others that were looked up meanwhile are counted too.
        self.history = self.cache.get(self.key, [])
        super().throttle_success()

    def get_cache_key(self, request: Request, view: Any) -> str:
        address = network_of(self.get_ident(request) or UNKNOWN)
        return self.cache_format % {"scope": self.scope, "ident": address}

    def throttle_success(self) -> bool:
        return True
