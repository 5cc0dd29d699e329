"""What is thought of a key: pure."""

from datetime import datetime, timedelta
from typing import Final

import pytest

from feeds.errors import BadFrame, ConnectFailed
from positions.errors import AccountRefused, Failure
from positions.keys.verdict import Outcome, Verdict, ending_soon, failed, judge
from positions.plan import AccountPlan
from positions.types import KeyInfo
from positions.words import Environment
from tests.feeds.samples import NOON

BOUND: Final = ("192.0.2.7",)


def verdict(
    *rights: str,
    uid: str = "",
    reason: str = "",
    allowed: tuple[str, ...] = ("trade", "withdraw"),
    addresses: tuple[str, ...] = BOUND,
    expires_at: datetime | None = None,
) -> Verdict:
    plan = AccountPlan(1, "A", Environment.LIVE, None, "relaxed", 1, uid)
    plan = plan._replace(override_rights=allowed, override_reason=reason, expires_at=expires_at)
    return judge(KeyInfo("100200", frozenset(rights), addresses), plan, NOON)


def test_key_that_may_only_read_is_taken() -> None:
    """D-04: bound to an address, without an end: there is nothing to say."""
    assert verdict("read") == Verdict(Outcome.TAKEN, rights=("read",))


@pytest.mark.parametrize("rights", [("trade",), ("withdraw",), ("read", "trade"), ("read", "trade", "withdraw")])
def test_key_that_may_more_than_read_is_refused(rights: tuple[str, ...]) -> None:
    """B12: every such key, unless somebody said why, and then it is flagged all the same."""
    refused, taken = verdict(*rights), verdict(*rights, reason="no other one can be had")
    assert refused.outcome is Outcome.REFUSED
    assert "Make one that may only read" in refused.problems[0]
    assert taken.outcome is Outcome.TAKEN
    assert "It is taken all the same: no other one can be had" in taken.warnings[0]
    assert taken.rights == tuple(sorted(rights))


def test_reason_covers_what_it_was_given_for() -> None:
    """B12: a key that may trade and is needed for that is no key that may move money away."""
    both = verdict("read", "trade", "withdraw", reason="our bot trades", allowed=("trade",))
    assert both.outcome is Outcome.REFUSED
    assert both.problems[0].startswith("This key may move money away. Make one")
    assert both.warnings[0] == "This key may trade. It is taken all the same: our bot trades"


def test_key_of_another_account_is_refused_whatever_the_reason() -> None:
    """B11: the account that the first key told is the account."""
    assert verdict("read", uid="100200").outcome is Outcome.TAKEN
    other = verdict("read", uid="999", reason="because")
    assert other.outcome is Outcome.REFUSED
    assert "100200" in other.problems[0]


def test_key_that_works_from_everywhere_is_warned_of() -> None:
    """D-04: taken, because many have no address that stays."""
    unbound = verdict("read", addresses=())
    assert unbound.outcome is Outcome.TAKEN
    assert "every IP address" in unbound.warnings[0]


@pytest.mark.parametrize(("days", "is_warned"), [(1, True), (14, True), (15, False)])
def test_end_is_warned_of_two_weeks_before(days: int, is_warned: bool) -> None:
    """D-04: and a key without an end is not."""
    assert ending_soon(NOON + timedelta(days=days), NOON).startswith("This key ends on") is is_warned
    assert ending_soon(None, NOON) == ""


def test_key_that_ended_is_refused() -> None:
    """D-04: the sentence says when."""
    ended = verdict("read", expires_at=NOON - timedelta(days=2))
    assert ended.outcome is Outcome.REFUSED
    assert f"{NOON - timedelta(days=2):%Y-%m-%d}" in ended.problems[0]
    assert ended.warnings == ()


@pytest.mark.parametrize("days", [0, 1, 400])
def test_key_that_ended_is_told_of_ever_after(days: int) -> None:
    """D-04: the alert does not clear at the moment that it was about."""
    assert ending_soon(NOON - timedelta(days=days), NOON).startswith("This key ended on")


@pytest.mark.parametrize("failure", list(Failure))
def test_refusal_counts_where_only_a_person_can_change_it(failure: Failure) -> None:
    """B-05: its sentence is told; where the venue has trouble, or we were too quick, nothing is known. Our address is
    not the one that a worker on another machine has.
    """
    found = failed(AccountRefused(failure, "40009", "signature refused: check secret, passphrase, clock"))
    assert (found.outcome is Outcome.REFUSED) == (failure.needs_person and failure is not Failure.ADDRESS)
    assert (found.outcome is Outcome.ELSEWHERE) == (failure is Failure.ADDRESS)
    assert "signature refused" in (*found.problems, *found.warnings)[0]


@pytest.mark.parametrize("error", [ConnectFailed("no route"), BadFrame("json", "no JSON")])
def test_no_answer_is_no_verdict(error: ConnectFailed | BadFrame) -> None:
    """D-04: neither taken nor refused."""
    assert failed(error).outcome is Outcome.UNKNOWN
