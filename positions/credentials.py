"""The three secrets of an API key, in memory only. Whatever prints them prints nothing of them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """What BitGet calls ACCESS-KEY, the secret that signs, and ACCESS-PASSPHRASE."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    passphrase: str = field(repr=False)
