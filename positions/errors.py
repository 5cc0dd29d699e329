"""Why BitGet says no, by class: the class decides what is done, the code what is told. Pure.

AccountRefused            the venue said no; `failure` says of which kind
"""

from enum import StrEnum
from typing import ClassVar

from feeds.errors import BadFrame, HandshakeRefused, SessionEnded, printable


class ErrorType(StrEnum):
    """By which side of a conversation failed (B-12)."""

    CONNECTION = "connection"  # there was no answer
    DATA = "data"  # what came makes no sense
    API = "api"  # the venue said no


class Failure(StrEnum):
    """What a refusal asks for."""

    CREDENTIALS = "credentials"  # wrong or revoked: nothing is tried again until somebody edits the account
    CLOCK = "clock"  # corrected once by the venue's own time, then tried once more
    ADDRESS = "address"  # our IP address is not on the key's list
    PERMISSION = "permission"  # the key may not read this
    KIND = "kind"  # the account lives in the venue's other world: V2 and V3 change places
    CONFIGURATION = "configuration"  # such as a demo header without a demo key
    LIMIT = "limit"  # too many requests
    VENUE = "venue"  # its own trouble, or a release window: try again
    REQUEST = "request"  # what we asked makes no sense: a bug of ours
    IDENTITY = "identity"  # it is another account than the one that this key belonged to
    OTHER = "other"

    @property
    def needs_person(self) -> bool:
        """Trying again changes nothing."""
        return self in _FOR_PEOPLE


_FOR_PEOPLE = (
    Failure.CREDENTIALS,
    Failure.ADDRESS,
    Failure.PERMISSION,
    Failure.CONFIGURATION,
    Failure.IDENTITY,
)


class AccountRefused(SessionEnded):
    """str() is the sentence for people and never holds a secret; `code` is the venue's, as text."""

    reason: ClassVar[str] = "refused"

    def __init__(self, failure: Failure, code: str, text: str, wait_at_least: float = 0.0) -> None:
        super().__init__(text)
        self.failure = failure
        self.code = printable(code)
        # As long for whoever else works for this account.
        self.wait_at_least = self.cool_off = wait_at_least


def type_of(error: SessionEnded | BadFrame) -> ErrorType:
    if isinstance(error, BadFrame):
        return ErrorType.DATA
    return ErrorType.API if isinstance(error, AccountRefused | HandshakeRefused) else ErrorType.CONNECTION


def sentence(error: SessionEnded | BadFrame) -> str:
    """For people. The excerpt of a bad frame is left out: a venue may have put into it what we sent."""
    return f"its answer makes no sense ({error.reason})" if isinstance(error, BadFrame) else str(error)
