"""The three secrets of an API key, in memory only. Whatever prints them prints nothing of them."""

import re
from dataclasses import dataclass, field

# They go into HTTP headers. What does not fit there would be quoted in the refusal of the library that sends it.
_sendable = re.compile(r"[!-~](?:[ -~]*[!-~])?").fullmatch


@dataclass(frozen=True, slots=True)
class Credentials:
    """What BitGet calls ACCESS-KEY, the secret that signs, and ACCESS-PASSPHRASE."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    passphrase: str = field(repr=False)

    @property
    def is_sendable(self) -> bool:
        """All three are there, of printable ASCII without spaces around it."""
        return all(_sendable(each) for each in (self.key, self.secret, self.passphrase))
