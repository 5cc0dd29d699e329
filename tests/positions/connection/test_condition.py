"""What the end of an account's line asks for. Pure: time and chance are arguments."""

import pytest

from feeds.errors import ClosedByVenue, ConnectFailed, HandshakeRefused, Replaced
from positions.connection.condition import NEVER, Condition, LineState, Remedy
from positions.errors import AccountRefused, Failure

EVEN = 0.5
CUT = ClosedByVenue(1006, "")


def refused(failure: Failure, code: str = "30011", wait_at_least: float = 0.0) -> AccountRefused:
    return AccountRefused(failure, code, "no", wait_at_least)


def test_broken_line_is_tried_again_in_fibonacci_steps() -> None:
    """M-07: 1, 1, 2, 3, 5, 8, 13, 21 s; after eight tries an error, and a try every five minutes."""
    condition = Condition()
    verdicts = [condition.ended(CUT, 0.0, EVEN) for _ in range(10)]
    assert [each.wait for each in verdicts] == [1, 1, 2, 3, 5, 8, 13, 21, 300, 300]
    assert [each.state for each in verdicts] == [LineState.RECONNECTING] * 8 + [LineState.ERROR] * 2
    assert [each.is_exhausted for each in verdicts] == [False] * 8 + [True] * 2


def test_waits_are_jittered_by_a_fifth() -> None:
    """2.1: many workers do not come back at once."""
    assert Condition().ended(CUT, 0.0, 0.0).wait == pytest.approx(0.8)
    assert Condition().ended(CUT, 0.0, 1.0).wait == pytest.approx(1.2)


def test_only_a_minute_of_a_good_line_forgives() -> None:
    """2.1: reset after 60 s connected, not for an open socket."""
    condition = Condition(attempts=5)
    condition.connected(100.0)
    assert condition.ended(CUT, 159.0, EVEN).wait == 8
    condition.connected(200.0)
    assert condition.ended(CUT, 260.0, EVEN).wait == 1


@pytest.mark.parametrize(
    "failure",
    [Failure.CREDENTIALS, Failure.ADDRESS, Failure.PERMISSION, Failure.CONFIGURATION, Failure.IDENTITY],
)
def test_what_a_person_must_settle_is_not_tried_again(failure: Failure) -> None:
    """M-09 B4: the state is error until the account is edited."""
    verdict = Condition().ended(refused(failure), 0.0, EVEN)
    assert verdict == (LineState.ERROR, Remedy.PERSON, NEVER, False)


@pytest.mark.parametrize("code", ["30005", "30015", "40009"])
def test_refused_login_is_tried_once_more_by_the_venues_clock(code: str) -> None:
    """B1 B-05: two logins, then it is a matter for a person."""
    condition = Condition()
    first, second = (condition.ended(refused(Failure.CREDENTIALS, code), 0.0, EVEN) for _ in range(2))
    assert (first.remedy, first.wait) == (Remedy.CLOCK, 0.0)
    assert second.remedy is Remedy.PERSON


@pytest.mark.parametrize(("failure", "remedy"), [(Failure.CLOCK, Remedy.CLOCK), (Failure.KIND, Remedy.KIND)])
def test_correction_is_tried_at_once_and_then_later_until_it_proved_right(failure: Failure, remedy: Remedy) -> None:
    """B2, 2.4: the clock and the kind of account are asked again; a venue that is wrong twice needs time, no person."""
    condition = Condition()
    assert condition.ended(refused(failure), 0.0, EVEN).remedy is remedy
    condition.connected(1.0)
    assert condition.ended(refused(failure), 61.0, EVEN).remedy is remedy
    condition.connected(62.0)
    verdicts = [condition.ended(refused(failure), 63.0, EVEN) for _ in range(9)]
    assert {each.remedy for each in verdicts} == {remedy}
    assert [each.wait for each in verdicts] == [1, 1, 2, 3, 5, 8, 13, 21, 300]


def test_limit_and_cool_off_are_waited_for() -> None:
    """B-24: whichever is longer, ours or the venue's."""
    assert Condition().ended(refused(Failure.LIMIT, "429", wait_at_least=7.0), 0.0, EVEN).wait == 7.0
    assert Condition().ended(HandshakeRefused(429, 30.0), 0.0, EVEN).wait == 30.0
    assert Condition().ended(ConnectFailed("no"), 0.0, EVEN).wait == 1.0


def test_planned_renewal_is_no_failure() -> None:
    """B10: a session that we leave before the venue cuts it is followed by another one at once."""
    condition = Condition()
    condition.connected(0.0)
    assert condition.ended(Replaced("renewed"), 85_000.0, EVEN) == (LineState.CONNECTING, Remedy.WAIT, 0.0, False)
    assert condition.attempts == 0
