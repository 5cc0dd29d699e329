"""Whose page opens a socket: ours, another site's, or no page at all. Pure."""

import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Final

# Only ASCII's letters have two cases here: for Unicode the Kelvin sign is a K.
_FORM: Final = re.compile(
    r"(https?)://([a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?", re.ASCII | re.IGNORECASE
)
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}


class Standing(StrEnum):
    """`absent`: no browser says nothing, so it is a program."""

    OWN = "own"
    FOREIGN = "foreign"
    ABSENT = "absent"


def normal(origin: str) -> str:
    """As browsers send it (RFC 6454 6.1): lower case, no default port. Raises ValueError if it is anything more."""
    form = _FORM.fullmatch(origin)
    if not form:
        raise ValueError(f"{origin!r} is no origin")
    scheme, host, port = (part and part.lower() for part in form.groups())
    return f"{scheme}://{host}" if port in (None, _DEFAULT_PORTS[scheme]) else f"{scheme}://{host}:{port}"


def told(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """Every Origin header of a handshake."""
    return [value.decode("latin1") for name, value in headers if name == b"origin"]


def judge(origins: list[str], ours: Collection[str]) -> Standing:
    """`ours` are normal ones. A browser sends exactly one; two are a trick, or a proxy that cannot be relied on."""
    if not origins:
        return Standing.ABSENT
    try:
        is_ours = len(origins) == 1 and normal(origins[0]) in ours
    except ValueError:
        # `null` of a sandboxed page, an extension's, one with a path, or no address at all.
        is_ours = False
    return Standing.OWN if is_ours else Standing.FOREIGN
