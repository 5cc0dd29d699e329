"""The certificate of the broadcast endpoint: read at the start, and a word in time about its end."""

import logging
import ssl
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from cryptography import x509
from django.conf import settings

# The supervisor asks for the certificate too, and says by itself what an installation lacks.
if TYPE_CHECKING:
    from feeds.clock import Clock

WARN_BEFORE: Final = timedelta(days=30)
LOOK_EVERY_S: Final = 24 * 3600.0
_NEEDED: Final = "Set WEBSOCKET_SSL_CERT and WEBSOCKET_SSL_KEY to a certificate and its key, in PEM, without a password"

logger = logging.getLogger(__name__)


class Unusable(Exception):
    """Why there is no wss, in words."""


class Certificate(NamedTuple):
    """What wss is served with, TLS 1.2 or newer. Files that are renewed later change nothing of it."""

    path: str
    context: ssl.SSLContext
    ends_at: datetime

    async def watch(self, clock: "Clock") -> NoReturn:
        """Warns of its end: now, and once a day, from 30 days before it on."""
        while True:
            now = clock.now()
            if self.ends_at <= now + WARN_BEFORE:
                what = "ended" if self.ends_at <= now else "ends"
                logger.warning(
                    "The certificate %s %s on %s. Renew it, and restart.", self.path, what, f"{self.ends_at:%Y-%m-%d}"
                )
            await clock.sleep(LOOK_EVERY_S)


def read_certificate() -> Certificate | None:
    """None where there is none that can be used, after one warning that says what to do."""
    try:
        return _read()
    except Unusable as reason:
        logger.warning("wss is not served on port %d: %s. %s.", settings.WEBSOCKET_SSL_PORT, reason, _NEEDED)
        return None


def has_certificate() -> bool:
    """Whether there is one that can be used now."""
    try:
        _read()
    except Unusable:
        return False
    return True


def _read() -> Certificate:
    path, key = settings.WEBSOCKET_SSL_CERT, settings.WEBSOCKET_SSL_KEY
    if not path:
        raise Unusable("no certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # A key with a password would ask for it at the terminal, and wait.
        context.load_cert_chain(path, key, password="")
        ends_at = x509.load_pem_x509_certificate(Path(path).read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:  # SSLError is both
        raise Unusable(f"{path} and {key} cannot be used ({_in_words(error)})") from error
    return Certificate(path, context, ends_at)


def _in_words(error: OSError | ValueError) -> str:
    if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
        return "the key belongs to another certificate"
    if isinstance(error, OSError) and not isinstance(error, ssl.SSLError):
        return str(error.strerror)
    return "one of them is no PEM file, or the key has a password"
