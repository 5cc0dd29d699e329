"""All routes of the site as the URLconf has them, and addresses that lead to them."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver

from tests.dashboard.access.policy import LOGIN, MISSING, OPEN, REFUSED

# HEAD is answered by what answers GET.
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_STATUS: Final = {401: LOGIN, 403: REFUSED, 404: MISSING, 405: "no such method"}
_DOORS: Final = ("/login/?next=", "/admin/login/?next=")
_WORDS: Final = {"code": "BTC-USDT", "instrument": "BTC-USDT", "client_id": "none", "uidb36": "1", "key": "x"}
_PART: Final = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


def routes() -> list[str]:
    """Each once, the admin's too."""
    return list(dict.fromkeys(_walk(get_resolver(), "")))


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from _walk(entry, route)


def address(route: str, own: Mapping[str, object]) -> str:
    """With what belongs to somebody in the place of its parts."""
    kind = next((each for each in ("dashboard", "token", "session", "account") if f"{each}s/<" in route), "")
    row = own["account"] if "positions/account/" in route else 1
    parts = {**_WORDS, "object_id": row, "pk": own.get(kind, 1), "account": own["account"], "number": own["panel"]}
    filled = _PART.sub(lambda part: str(parts.get(part[1] or part[2], 1)), route)
    return "/" + filled.strip("^$").replace("\\", "")


def outcome(answer: HttpResponseBase) -> str:
    """In the words of the policy; for what nothing of it fits, the code."""
    if answer.status_code == 302 and answer["Location"].startswith(_DOORS):
        return LOGIN
    # The admin leads away from a row that is not there.
    if answer.status_code == 302 and answer["Location"] == "/admin/":
        return MISSING
    if answer.status_code >= 500 and answer.status_code != 503:
        return str(answer.status_code)
    return _STATUS.get(answer.status_code, OPEN)
