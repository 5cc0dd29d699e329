"""Which API keys this process has had in the clear, so that its log can blank them out."""

from typing import Final

from positions.keys.credentials import Credentials

# What is shorter is part of many a word, and would be blanked out of those.
SHORTEST: Final = 8

_known: Final[set[str]] = set()


def note(credentials: Credentials) -> None:
    """By whoever opens or seals them, before they are used."""
    secrets = (credentials.key, credentials.secret, credentials.passphrase)
    _known.update(each for each in secrets if len(each) >= SHORTEST)


def known() -> list[str]:
    """In any thread."""
    return sorted(_known.copy())
