"""The text of an API token: `omega_PREFIX_SECRET`. What is kept of it opens nothing. Pure."""

import hashlib
import re
import secrets
import string
from typing import Final, NamedTuple

PREFIX_LENGTH: Final = 8
_ALPHABET: Final = string.ascii_lowercase + string.digits
_SECRET_BYTES: Final = 32
_SHAPE: Final = re.compile(r"omega_([a-z0-9]{8})_[A-Za-z0-9_-]{43}")


class Kept(NamedTuple):
    """The prefix tells people and the database which token it is; the digest tells whether it is the very one."""

    prefix: str
    digest: str


def make() -> str:
    """A new token: 256 bits out of the system's randomness."""
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(PREFIX_LENGTH))
    return f"omega_{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"


def parse(text: str) -> Kept:
    """ValueError says what is wrong, and never repeats the text."""
    if not text.startswith("omega_"):
        raise ValueError("An API token begins with omega_.")
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise ValueError("This is no API token, or not the whole of one.")
    return Kept(shape[1], digest_of(text))


def digest_of(text: str) -> str:
    """A plain SHA-256: a slow hash is for what people think up, and nobody guesses one of 2^256."""
    return hashlib.sha256(text.encode()).hexdigest()
