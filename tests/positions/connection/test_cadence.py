"""When REST is asked, minute by minute of a clock that is only a number."""

from itertools import pairwise

import pytest

from positions.connection.cadence import LEAST_S, PERIODS, SLOWEST, Cadence, What
from positions.models import Account

LOOK_EVERY_S = 0.1
STEP_S = 0.01
EVEN = 0.5


def run(cadence: Cadence, until: float, used: float = 0.0, since: float = 0.0) -> dict[What, list[float]]:
    """When each row was asked in that time, by a loop that is never late."""
    asked: dict[What, list[float]] = {what: [] for what in What}
    for tick in range(round((until - since) / STEP_S)):
        now = since + tick * STEP_S
        for what in cadence.due(now):
            asked[what].append(now)
            cadence.asked(what, now, used)
    return asked


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


@pytest.mark.parametrize(("profile", "periods"), [("relaxed", [5.0, 10.0, 30.0]), ("active", [2.0, 5.0, 10.0])])
def test_rows_are_asked_at_the_periods_of_the_profile(profile: str, periods: list[float]) -> None:
    """M-04 B-07: positions, orders and the account, for as long as it runs."""
    asked = run(Cadence(profile, 1, now=1000.0), 1600.0, since=1000.0)
    for what, period in zip(What, periods, strict=True):
        assert gaps(asked[what]) == pytest.approx([period] * (len(asked[what]) - 1), abs=2 * STEP_S)
        assert asked[what][0] < 1000.0 + 1.5 * period


def test_every_profile_of_an_account_has_its_periods() -> None:
    """M-04: the table and the model's choices are one list."""
    assert set(PERIODS) == set(Account.Profile)


def test_rows_are_asked_in_order_of_what_matters() -> None:
    """M-04: positions first, where all are due."""
    cadence = Cadence("relaxed", 1, now=0.0)
    assert cadence.due(60.0) == [What.POSITIONS, What.ORDERS, What.BALANCES]
    assert cadence.due(0.0) == []


def test_no_row_gets_older_than_two_periods_whatever_asks_for_it_between() -> None:
    """M-04: an extra look moves the next turn by less than a period."""
    for early in range(50):
        cadence = Cadence("relaxed", 3, now=0.0)
        asked_at = early * LOOK_EVERY_S
        cadence.asked(What.POSITIONS, asked_at, 0.0)
        asked = run(cadence, asked_at + 60.0, since=asked_at)
        assert 2.5 <= min(asked[What.POSITIONS]) - asked_at <= 7.5 + STEP_S


def test_everything_is_asked_at_once_after_a_connect() -> None:
    """M-04 B6: without waiting for its turn; afterwards the turns go on."""
    cadence = Cadence("relaxed", 1, now=0.0)
    cadence.at_once(0.3)
    assert (cadence.due(0.29), cadence.due(0.3)) == ([], list(What))
    asked = run(cadence, 60.0)[What.POSITIONS]
    assert gaps(asked[1:]) == pytest.approx([5.0] * (len(asked) - 2), abs=2 * STEP_S)


def test_second_look_comes_when_it_is_wanted() -> None:
    """B7: two seconds later, and no other row with it."""
    cadence = Cadence("relaxed", 1, now=0.0)
    cadence.asked(What.POSITIONS, 10.0, 0.0)
    cadence.ask_again(What.POSITIONS, 12.0)
    assert What.POSITIONS in cadence.due(12.0)


def test_no_row_is_asked_twice_within_half_a_second() -> None:
    """B-24: however often somebody wants it at once."""
    cadence = Cadence("active", 1, now=0.0)
    asked = []
    for tick in range(100):
        now = tick * LOOK_EVERY_S
        cadence.at_once(now)
        if What.POSITIONS in cadence.due(now):
            asked.append(now)
            cadence.asked(What.POSITIONS, now, 0.0)
    assert min(gaps(asked)) >= LEAST_S - 1e-9


def test_rows_slow_down_before_the_venue_does_it() -> None:
    """B-24: twice as slow with each read while more than two fifths of a limit are in use, up to four times."""
    cadence = Cadence("relaxed", 1, now=0.0)
    run(cadence, 300.0, used=0.41)
    assert [cadence.period(what) for what in What] == [20.0, 40.0, 120.0]
    asked = run(cadence, 600.0, used=0.41, since=300.0)[What.POSITIONS]
    assert gaps(asked)[-1] == pytest.approx(5.0 * SLOWEST, abs=2 * STEP_S)


def test_rows_come_back_when_there_is_room_again() -> None:
    """B-24: below a fifth; between the two marks everything stays as it is."""
    cadence = Cadence("active", 1, now=0.0)
    cadence.asked(What.ORDERS, 1.0, 0.9)
    cadence.asked(What.ORDERS, 2.0, 0.3)
    assert cadence.period(What.ORDERS) == 10.0
    assert cadence.period(What.POSITIONS) == 2.0
    cadence.asked(What.ORDERS, 3.0, 0.1)
    cadence.asked(What.ORDERS, 4.0, 0.1)
    assert cadence.period(What.ORDERS) == 5.0


def test_accounts_do_not_ask_in_the_same_instant() -> None:
    """B-24: a dozen accounts that a worker starts together keep apart."""
    times = sorted(
        time for account in range(1, 13) for time in run(Cadence("relaxed", account, 0.0), 30.0)[What.POSITIONS]
    )
    assert min(gaps(times)) > 0.1


def test_many_frames_that_make_no_sense_hurry_everything_every_five_seconds_alone() -> None:
    """M-08 B-24: the first at once; the last of them is looked after too, though all have been asked since."""
    cadence = Cadence("relaxed", 1, now=0.0)
    asked: list[float] = []
    for now in range(100, 1100, 25):
        if now <= 1000:
            cadence.hurry(now / 100)
        if What.BALANCES in cadence.due(now / 100):
            asked.append(now / 100)
            cadence.asked(What.BALANCES, now / 100, 0.0)
    assert asked == [1.0, 6.0]
    assert cadence.due(11.0) == list(What)


def test_a_question_that_fails_is_left_alone_ever_longer_and_the_others_are_not() -> None:
    """B-12: 1, 2, 4, 8, 16, 30, 30 s; its turns come back with the first answer, and a new row begins at 1 s."""
    cadence = Cadence("relaxed", 1, now=0.0)
    now, waits = 100.0, []
    for _ in range(7):
        cadence.asked(What.POSITIONS, now, 0.0)
        cadence.failed(What.POSITIONS, now, EVEN)
        again = next(later for later in range(1, 99) if What.POSITIONS in cadence.due(now + later))
        waits.append(again)
        now += again
    assert waits == [1, 2, 4, 8, 16, 30, 30]
    assert cadence.due(now) == [What.POSITIONS, What.ORDERS, What.BALANCES]
    cadence.asked(What.POSITIONS, now, 0.0)
    cadence.answered(What.POSITIONS)
    asked = run(cadence, now + 60.0, since=now)
    assert gaps(asked[What.POSITIONS]) == pytest.approx([5.0] * (len(asked[What.POSITIONS]) - 1), abs=2 * STEP_S)
    cadence.failed(What.POSITIONS, 500.0, EVEN)
    assert What.POSITIONS in cadence.due(501.0)


def test_what_fails_is_hurried_by_a_new_line_only() -> None:
    """B-12 M-08: frames that make no sense do not have REST hammered; a line that has come up is worth a try."""
    cadence = Cadence("relaxed", 1, now=0.0)
    for _ in range(6):
        cadence.asked(What.POSITIONS, 10.0, 0.0)
        cadence.failed(What.POSITIONS, 10.0, EVEN)
    cadence.hurry(12.0)
    assert What.POSITIONS not in cadence.due(39.0)
    cadence.at_once(13.0)
    assert What.POSITIONS in cadence.due(13.0)
