"""What is to be thought of an API key: taken, refused or not checked, and why, in sentences. Pure.

A key that may trade or withdraw is refused unless somebody says that it may, and why (B12), and so is a key of another
account than the one that was here before (B11).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from feeds.errors import BadFrame, SessionEnded
from feeds.texts import gettext_noop as noop
from positions.errors import AccountRefused, Failure, sentence
from positions.plan import AccountPlan
from positions.types import KeyInfo

WARNS_BEFORE: Final = timedelta(days=14)
# What a key may do that a monitor never needs.
DANGERS: Final = {"trade": noop("trade"), "withdraw": noop("move money away")}


class Outcome(StrEnum):
    """`elsewhere`: this machine's address is not on the key's list. A worker's may be, and it judges for itself."""

    TAKEN = noop("taken")
    REFUSED = noop("refused")
    UNKNOWN = noop("not checked")
    ELSEWHERE = noop("not checked from here")

    @property
    def may_be_followed(self) -> bool:
        return self in (Outcome.TAKEN, Outcome.ELSEWHERE)

    @property
    def is_about_the_key(self) -> bool:
        """Else it tells only that nothing came to be known of it."""
        return self in (Outcome.TAKEN, Outcome.REFUSED)


class Verdict(msgspec.Struct, frozen=True):
    """As it is kept in Account.verdict. `problems` are why the key is refused or could not be checked."""

    outcome: Outcome
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()


def judge(info: KeyInfo, plan: AccountPlan, now: datetime) -> Verdict:
    """BitGet does not tell when a key ends: that is in the plan, as its owner said it."""
    problems, warnings = [], []
    if plan.uid and info.uid != plan.uid:
        problems.append(
            f"This key belongs to another BitGet account ({info.uid}) than the one before ({plan.uid}). "
            "Add it as a new one."
        )
    allowed = info.rights.intersection(plan.override_rights if plan.override_reason else ())
    if danger := _words(info.rights - allowed):
        problems.append(f"This key may {danger}. Make one that may only read, or say below that it may, and why.")
    if danger := _words(allowed):
        warnings.append(f"This key may {danger}. It is taken all the same: {plan.override_reason}")
    if not info.addresses:
        warnings.append(noop("This key works from every IP address. Bind it to the address of this machine."))
    if ending := ending_soon(plan.expires_at, now):
        (problems if has_ended(plan.expires_at, now) else warnings).append(ending)
    outcome = Outcome.REFUSED if problems else Outcome.TAKEN
    return Verdict(outcome, tuple(problems), tuple(warnings), tuple(sorted(info.rights)))


def failed(error: SessionEnded | BadFrame) -> Verdict:
    """The test call came to nothing: refused where only a person can change that, else nobody knows."""
    failure = error.failure if isinstance(error, AccountRefused) else Failure.OTHER
    if failure is Failure.ADDRESS:
        return Verdict(Outcome.ELSEWHERE, warnings=(f"BitGet does not let this machine ask: {error}.",))
    if failure.needs_person:
        return refused(error)
    return Verdict(Outcome.UNKNOWN, (f"BitGet could not be asked: {sentence(error)}",))


def refused(error: SessionEnded | BadFrame) -> Verdict:
    """Whoever follows the account was told so, wherever it runs."""
    return Verdict(Outcome.REFUSED, (str(error),))


def _words(rights: frozenset[str]) -> str:
    """What they allow beside reading; "" where that is nothing."""
    return " and ".join(words for right, words in DANGERS.items() if right in rights)


def ending_soon(expires_at: datetime | None, now: datetime) -> str:
    """Or that it has ended. "" where it does not end within two weeks, or nobody said when it does."""
    if expires_at is None or expires_at > now + WARNS_BEFORE:
        return ""
    if has_ended(expires_at, now):
        return f"This key ended on {expires_at:%Y-%m-%d}. Make a new one."
    return f"This key ends on {expires_at:%Y-%m-%d}. Make a new one before."


def has_ended(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is not None and expires_at <= now
