"""What a handshake or a first message says of who it comes from: a session or an API token. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from django.conf import settings
from django.http import parse_cookie

from dashboard.tokens import secret

Headers = Iterable[tuple[bytes, bytes]]

# As Django makes them. Anything else is not asked for: PostgreSQL fails at a zero byte.
_SESSION_KEY: Final = re.compile(r"[0-9a-z]{8,40}")


@dataclass(frozen=True)
class SessionLogin:
    """Of a browser."""

    key: str = field(repr=False)


@dataclass(frozen=True)
class TokenLogin:
    """Of a program. Nobody gets in with what is in here."""

    prefix: str
    digest: str = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Self:
        """Raises ValueError, in words, for what is no API token at all."""
        return cls(*secret.parse(text))


Login = SessionLogin | TokenLogin


def session_of(headers: Headers) -> SessionLogin | None:
    """The session cookie, read as a page reads it."""
    cookies = parse_cookie("; ".join(_values(headers, b"cookie")))
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    return SessionLogin(key) if _SESSION_KEY.fullmatch(key) else None


def bearer_of(headers: Headers) -> str | None:
    """What stands behind `Authorization: Bearer` (RFC 6750 2.1); of two such headers none is believed."""
    values = _values(headers, b"authorization")
    if len(values) != 1:
        return None
    scheme, _, text = values[0].strip().partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None


def _values(headers: Headers, wanted: bytes) -> list[str]:
    return [value.decode("latin1") for name, value in headers if name.lower() == wanted]
