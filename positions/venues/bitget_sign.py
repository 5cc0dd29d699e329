"""BitGet's signature, the same for sockets and REST, and for all generations."""

from base64 import b64encode
from hmac import digest


def signature(secret: str, text: str) -> str:
    """Base64 of the HMAC-SHA256 of the text."""
    return b64encode(digest(secret.encode(), text.encode(), "sha256")).decode()
