"""When a venue is not worth a try."""

import pytest

from feeds.connection.circuit import Circuit


def opened(at: float = 0.0) -> Circuit:
    """A circuit that opened just now."""
    circuit = Circuit()
    for _ in range(5):
        circuit.failed(at)
    return circuit


def close(circuit: Circuit, now: float) -> None:
    """The probe goes out and is good."""
    circuit.tried(now)
    for _ in range(3):
        circuit.delivered(now)


@pytest.mark.parametrize(("apart", "state"), [(15.0, "open"), (15.1, "closed")])
def test_five_failures_in_a_minute_open_it(apart: float, state: str) -> None:
    """V-14: the fifth within 60 s opens; one a little later than that does not."""
    circuit = Circuit()
    for step in range(5):
        assert circuit.state(step * apart) == "closed"
        circuit.failed(step * apart)
    assert circuit.state(4 * apart) == state
    assert circuit.reason == ("5 failures in 60 s" if state == "open" else "")


@pytest.mark.parametrize(("doubted", "state"), [(20, "closed"), (21, "open")])
def test_more_than_a_fifth_of_the_last_hundred_ticks_doubted_opens_it(doubted: int, state: str) -> None:
    """V-14: 20 of 100 are endured, 21 are not; what was before those hundred is forgotten."""
    circuit = Circuit()
    for place in range(1000 + doubted):
        circuit.judged(is_good=place < 1000, now=place / 100)
    assert circuit.state(11.0) == state
    assert circuit.reason == ("21 of the last 100 ticks are doubted" if state == "open" else "")


def test_doubt_leaves_with_the_ticks() -> None:
    """V-14: one doubted tick in five, for ever, is a fifth and no more."""
    circuit = Circuit()
    for place in range(5000):
        circuit.judged(is_good=place % 5 != 4, now=place / 100)
        assert circuit.state(place / 100) == "closed"


def test_share_of_fewer_than_twenty_ticks_says_nothing() -> None:
    """V-14: nineteen doubted ticks are an accident, the twentieth opens."""
    circuit = Circuit()
    for _ in range(19):
        circuit.judged(is_good=False, now=0.0)
    assert circuit.state(0.0) == "closed"
    circuit.judged(is_good=False, now=0.0)
    assert circuit.state(0.0) == "open"


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (5.0, ""),
        (-5.0, ""),
        (5.1, "its clock is 5.1 s ahead of ours"),
        (-3600.0, "its clock is 3600.0 s behind ours"),
    ],
)
def test_clock_more_than_five_seconds_off_opens_it(seconds: float, reason: str) -> None:
    """V-14 E15: either way; five seconds are endured."""
    circuit = Circuit()
    circuit.skewed(seconds, 0.0)
    assert circuit.reason == reason
    assert circuit.may_try(0.0) is not reason.startswith("its clock")


def test_after_thirty_seconds_one_probe_may_go() -> None:
    """V-14: open for 30 s, then half-open: one session, and no second one beside it."""
    circuit = opened(at=100.0)
    assert (circuit.state(129.9), circuit.may_try(129.9), circuit.opens_until) == ("open", False, 130.0)
    assert (circuit.state(130.0), circuit.may_try(130.0)) == ("half-open", True)
    circuit.tried(130.0)
    assert (circuit.state(130.0), circuit.may_try(130.0)) == ("half-open", False)


def test_three_good_close_it() -> None:
    """V-14: the third good data of the probe closes; then the venue is as good as any."""
    circuit = opened()
    circuit.tried(30.0)
    for state in ("half-open", "half-open", "closed"):
        circuit.delivered(31.0)
        assert circuit.state(31.0) == state
    assert (circuit.reason, circuit.may_try(31.0)) == ("", True)


def test_doubted_tick_of_the_probe_begins_the_count_again() -> None:
    """V-14: three good in a row, not three among doubted ones."""
    circuit = opened()
    circuit.tried(30.0)
    for _ in range(5):
        circuit.delivered(31.0)
        circuit.delivered(31.0)
        circuit.judged(is_good=False, now=31.0)
    assert circuit.state(31.0) == "half-open"


def test_opening_doubles_up_to_ten_minutes() -> None:
    """V-14: 30, 60, 120, 240, 480, and then 600 s, while every probe fails."""
    circuit, now, lengths = opened(), 0.0, []
    for _ in range(7):
        lengths.append(circuit.opens_until - now)
        now = circuit.opens_until
        circuit.tried(now)
        circuit.failed(now)
    assert lengths == [30, 60, 120, 240, 480, 600, 600]
    assert circuit.reason == "failed again: 5 failures in 60 s"


@pytest.mark.parametrize(("closed_for", "length"), [(599.0, 60.0), (600.0, 30.0)])
def test_ten_minutes_closed_forgive_the_doubling(closed_for: float, length: float) -> None:
    """V-14: a venue that fails again soon is left alone for longer, one that was good for 10 min is not."""
    circuit = opened()
    close(circuit, 30.0)
    again = 30.0 + closed_for
    for _ in range(5):
        circuit.failed(again)
    assert circuit.opens_until - again == length


def test_what_ends_because_it_opened_is_no_second_failure() -> None:
    """V-14: sessions that are being left fail, drone on and tell bad times; the thirty seconds stay thirty."""
    circuit = opened()
    for _ in range(30):
        circuit.failed(1.0)
        circuit.judged(is_good=False, now=1.0)
        circuit.skewed(9.0, 1.0)
        circuit.delivered(1.0)
    assert (circuit.opens_until, circuit.reason) == (30.0, "5 failures in 60 s")
    close(circuit, 30.0)
    circuit.failed(30.0)
    assert circuit.state(30.0) == "closed"


def test_probe_that_was_ended_on_purpose_is_followed_by_another() -> None:
    """V-14: a planned end is not told; after 30 s without a word the next probe may go, at the same length."""
    circuit = opened()
    circuit.tried(40.0)
    assert (circuit.may_try(69.9), circuit.opens_until) == (False, 70.0)
    assert circuit.may_try(70.0)


def test_bad_clock_or_doubt_opens_a_half_open_one_again() -> None:
    """V-14: a probe need not fail to be no good."""
    circuit = opened()
    circuit.skewed(7.0, 30.0)
    assert (circuit.state(30.0), circuit.opens_until) == ("open", 90.0)
    circuit.tried(90.0)
    for _ in range(20):
        circuit.judged(is_good=False, now=91.0)
    assert (circuit.state(91.0), circuit.opens_until) == ("open", 91.0 + 120.0)


def test_admin_holds_it_open() -> None:
    """V-14 B-36: however good the venue is, nobody tries it until the admin lets go; then it is as it was."""
    circuit = Circuit()
    circuit.force("open")
    assert (circuit.state(0.0), circuit.may_try(1e9), circuit.reason) == ("open", False, "held open by an admin")
    circuit.delivered(1.0)
    circuit.force("")
    assert (circuit.state(2.0), circuit.may_try(2.0), circuit.reason) == ("closed", True, "")


def test_admin_holds_it_closed() -> None:
    """V-14 B-36: whatever the venue does it may be tried; what was before is forgiven, what comes is not counted."""
    circuit = opened()
    circuit.force("closed")
    for _ in range(100):
        circuit.failed(1.0)
        circuit.judged(is_good=False, now=1.0)
        circuit.skewed(60.0, 1.0)
    assert (circuit.state(1.0), circuit.may_try(1.0), circuit.reason) == ("closed", True, "")
    circuit.force("")
    for _ in range(5):
        circuit.failed(2.0)
    assert (circuit.state(2.0), circuit.opens_until) == ("open", 32.0)


def test_failed_venue_may_be_hurried() -> None:
    """V-14 E32: while nobody delivers, who failed may be tried before the time, and is half-open all the same."""
    circuit = opened()
    circuit.hurry(5.0)
    assert (circuit.state(5.0), circuit.may_try(5.0), circuit.is_distrusted) == ("half-open", True, False)
    circuit.tried(5.0)
    circuit.failed(6.0)
    assert (circuit.state(6.0), circuit.opens_until) == ("open", 66.0)


def test_venue_that_is_not_believed_may_not_be_hurried() -> None:
    """V-14: a wrong price is worse than none."""
    circuit = Circuit()
    circuit.skewed(60.0, 0.0)
    circuit.hurry(5.0)
    assert (circuit.state(5.0), circuit.may_try(5.0), circuit.is_distrusted) == ("open", False, True)
    close(circuit, 30.0)
    assert not circuit.is_distrusted


def test_hurry_changes_nothing_of_a_closed_one() -> None:
    """V-14: there is nothing to wait for."""
    circuit = Circuit()
    circuit.hurry(5.0)
    assert (circuit.state(5.0), circuit.opens_until) == ("closed", float("-inf"))
