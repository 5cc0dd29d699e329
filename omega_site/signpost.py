"""What the broadcast ports answer to plain HTTP: that they live, and where the pages are."""

from typing import Any, Final

from django.conf import settings
from django.utils.http import http_date

_TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")


async def signpost(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application: `GET /live` is `ok`, anything else 426 (RFC 9110 15.5.22)."""
    if scope["path"] == "/live":
        await _answer(send, 200, "ok")
    else:
        pages = settings.ALLOWED_ORIGINS[0]
        await _answer(send, 426, f"This port speaks WebSocket; the pages are at {pages}/.", (b"upgrade", b"websocket"))


async def _answer(send: Any, status: int, text: str, *more: tuple[bytes, bytes]) -> None:
    body = text.encode()
    headers = [_TEXT, (b"date", http_date().encode()), (b"content-length", str(len(body)).encode())]
    headers += [(b"connection", b"close"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
