"""Where a venue is: at its own hosts when live, else on this machine. Nothing else is ever connected to."""

import re
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from feeds.venues.base import Venue

# Stricter than any parser that reads it later, so that all of them see the same host: no user, no escape, no
# fragment, no capital letter, nothing beyond ASCII.
_GRAMMAR: Final = re.compile(
    r"(?P<scheme>[a-z]+)://(?P<host>[a-z0-9.-]+|\[::1\])(:(?P<port>[1-9][0-9]{0,4}))?(/[A-Za-z0-9._~@/-]*)?"
)
_TLS_PORT: Final = 443


def own_urls(dialect: Venue) -> tuple[str, ...]:
    """The venue's own addresses, or the same paths at the replay exchange."""
    if settings.OMEGA_MODE == "live":
        return dialect.urls
    return tuple(_replayed(dialect.code, url) for url in dialect.urls)


def rest_url(dialect: Venue) -> str:
    """Below which its REST is asked: the venue's own address, or the same path at the replay exchange."""
    url = dialect.rest.url
    return url if settings.OMEGA_MODE == "live" else _replayed(dialect.code, url)


def _replayed(code: str, url: str) -> str:
    scheme, _separator, rest = url.partition("s://")
    host, path = settings.REPLAY_EXCHANGE_URL.removeprefix("http"), rest.partition("/")[2]
    return f"{scheme}{host}/{code}/{path}"


def objection(url: str, dialect: Venue) -> str:
    """Why this address must not be used for the venue in this mode, with what may be; "" where it may."""
    is_live = settings.OMEGA_MODE == "live"
    scheme = dialect.urls[0].partition("://")[0]
    schemes = (scheme,) if is_live else (scheme, scheme.removesuffix("s"))
    allowed = ", ".join(hosts(dialect))
    found = _GRAMMAR.fullmatch(url)
    if found is None or found["scheme"] not in schemes:
        return _("Write it as %(scheme)s://HOST/PATH, in small letters, with HOST one of %(hosts)s.") % {
            "scheme": schemes[-1],
            "hosts": allowed,
        }
    if found["host"].strip("[]") not in hosts(dialect):
        told = {"venue": dialect.name, "host": found["host"], "hosts": allowed}
        return _("%(venue)s is not looked for at %(host)s. Use one of %(hosts)s.") % told
    port = int(found["port"] or _TLS_PORT)
    ports = _ports_of(dialect) if is_live else range(1, 65_536)
    if port not in ports:
        return _("%(venue)s does not listen at port %(port)s.") % {"venue": dialect.name, "port": port}
    return ""


def hosts(dialect: Venue) -> tuple[str, ...]:
    """Every host where the venue may be in this mode, each once."""
    if settings.OMEGA_MODE != "live":
        return tuple(settings.LOOPBACK)
    return tuple(dict.fromkeys([*(urlsplit(url).hostname or "" for url in dialect.urls), *dialect.other_hosts]))


def _ports_of(dialect: Venue) -> set[int]:
    return {_TLS_PORT, *(urlsplit(url).port or _TLS_PORT for url in dialect.urls)}
