"""What is to be thought of an API key: taken, refused or not checked, and why, in sentences. Pure.

A key that may trade or withdraw is refused unless somebody says why it is taken all the same (B12), and so is a key of
another account than the one that was here before (B11).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from feeds.errors import BadFrame, SessionEnded
from positions.errors import AccountRefused, sentence
from positions.types import KeyInfo

WARNS_BEFORE: Final = timedelta(days=14)
_DANGERS: Final = {"trade": "trade", "withdraw": "move money away"}


class Outcome(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"
    UNKNOWN = "not checked"


class Verdict(msgspec.Struct, frozen=True):
    """As it is kept in Account.verdict. `problems` are why the key is refused or could not be checked."""

    outcome: Outcome
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()


def judge(info: KeyInfo, uid: str, override_reason: str, expires_at: datetime | None, now: datetime) -> Verdict:
    """`uid` is the account's as the first key told it, "" before that. `expires_at` is what its owner says of the key:
    BitGet does not.
    """
    problems, warnings = [], []
    if uid and info.uid != uid:
        problems.append(
            f"This key belongs to another BitGet account ({info.uid}) than the one before ({uid}). Add it as a new one."
        )
    if danger := danger_of(info.rights):
        text = f"This key may {danger}."
        if override_reason:
            warnings.append(f"{text} It is taken all the same: {override_reason}")
        else:
            problems.append(f"{text} Make one that may only read, or say below why you need this one.")
    if expires_at and expires_at <= now:
        problems.append(f"This key ended on {expires_at:%Y-%m-%d}. Make a new one.")
    if not info.addresses:
        warnings.append("This key works from every IP address. Bind it to the address of this machine.")
    if ending := ending_soon(expires_at, now):
        warnings.append(ending)
    outcome = Outcome.REFUSED if problems else Outcome.TAKEN
    return Verdict(outcome, tuple(problems), tuple(warnings), tuple(sorted(info.rights)))


def failed(error: SessionEnded | BadFrame) -> Verdict:
    """The test call came to nothing: refused where only a person can change that, else nobody knows."""
    if isinstance(error, AccountRefused) and error.failure.needs_person:
        return Verdict(Outcome.REFUSED, (str(error),))
    return Verdict(Outcome.UNKNOWN, (f"BitGet could not be asked: {sentence(error)}",))


def danger_of(rights: frozenset[str]) -> str:
    """What it may do that a monitor never needs; "" where it may only read."""
    return " and ".join(words for right, words in _DANGERS.items() if right in rights)


def ending_soon(expires_at: datetime | None, now: datetime) -> str:
    """ "" where it does not end within two weeks, or nobody said when it does."""
    if expires_at is None or not now < expires_at <= now + WARNS_BEFORE:
        return ""
    return f"This key ends on {expires_at:%Y-%m-%d}. Make a new one before."
