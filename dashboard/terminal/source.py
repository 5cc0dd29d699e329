"""Asks a site how it does: three GETs on one connection. No step of it waits for longer than its patience."""

import http.client
import json
from typing import Any, Final, NamedTuple

import msgspec

from dashboard.terminal.answers import HEALTH, PATHS, Told
from feeds.errors import printable

PATIENCE_S: Final = 3.0
MOST_BYTES: Final = 1024 * 1024
# 503 is what an unhealthy site answers, and it says why.
_TOLD: Final = (200, 503)


class Unreachable(Exception):
    """Nobody answers, or it is no site of ours: why, in words."""


class Site(NamedTuple):
    """Where to ask. Without a token a site tells what strangers may know."""

    host: str
    port: int
    token: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def ask(site: Site, patience_s: float = PATIENCE_S) -> Told:
    """Raises Unreachable."""
    connection = http.client.HTTPConnection(site.host, site.port, timeout=patience_s)
    told = Told({}, {})
    try:
        for name in PATHS:
            _ask(connection, site.token, name, told)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(_why(error)) from error
    finally:
        connection.close()
    return told


def _ask(connection: http.client.HTTPConnection, token: str, name: str, told: Told) -> None:
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    connection.request("GET", PATHS[name], headers=headers)
    response = connection.getresponse()
    body = response.read(MOST_BYTES)
    if response.status in _TOLD:
        msgspec.json.decode(body)
        told.answers[name] = msgspec.Raw(body)
    elif name == HEALTH:
        raise Unreachable(f"it answers with HTTP {response.status}: it fails, is not OMEGA, or has another name")
    else:
        told.refusals[name] = _sentence(body) or f"HTTP {response.status}"


def _sentence(body: bytes) -> str:
    """What a refusal says; "" where it says nothing that we understand."""
    try:
        said: Any = json.loads(body)
    except ValueError:
        return ""
    return printable(str(said.get("error", ""))) if isinstance(said, dict) else ""


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, ValueError):
        return "what answers is not OMEGA: it sends no JSON"
    return printable(getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
