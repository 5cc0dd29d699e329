"""When a Redis server is left, looked at again, written again, and leads again."""

from itertools import pairwise

import pytest

from feeds.storage.health import (
    CREDENTIALS_EVERY_S,
    LONG_STABLE_S,
    LOOK_EVERY_S,
    MIN_CALLS,
    PROBE_EVERY_S,
    PROBES_TO_LEAD,
    STABLE_S,
    Failure,
    ServerHealth,
    State,
)

STEP_S = 0.5


def probe_when_due(health: ServerHealth, now: float, *, is_good: bool = True) -> None:
    if health.is_probe_due(now):
        health.start_probe(now)
        if is_good:
            health.pass_probe(now, now)
        else:
            health.fail(Failure.REFUSED, now)


def lead_after(health: ServerHealth, start: float) -> float:
    """How long it is good before it may lead."""
    for step in range(10_000):
        now = start + step * STEP_S
        probe_when_due(health, now)
        if health.may_lead:
            return now - start
    raise AssertionError("it never leads again")


def failed(reason: Failure = Failure.REFUSED, at: float = 0.0) -> ServerHealth:
    health = ServerHealth(0.0)
    health.fail(reason, at)
    return health


def test_server_is_believed_until_its_first_failure() -> None:
    """R1: a start needs no probes, and one failure is enough."""
    health = ServerHealth(0.0)
    assert health.may_lead
    health.fail(Failure.REFUSED, 1.0)
    assert (health.state, health.reason, health.since) == (State.DOWN, Failure.REFUSED, 1.0)
    assert not health.may_lead


def test_one_good_probe_lets_it_be_written_again() -> None:
    """R9: newest state reaches a server that is back within seconds, long before it leads."""
    health = failed()
    assert not health.is_probe_due(LOOK_EVERY_S - 0.1)
    assert health.is_probe_due(LOOK_EVERY_S)
    health.pass_probe(2.0, 2.0)
    assert health.is_up
    assert not health.may_lead
    assert not health.is_probe_due(PROBE_EVERY_S - 0.1)


def test_it_leads_again_after_three_good_probes_and_half_a_minute() -> None:
    """L-06: probed every 10 s; stable for 30 s."""
    health = failed()
    took = lead_after(health, 0.0)
    assert STABLE_S <= took <= LOOK_EVERY_S + STABLE_S + STEP_S
    assert health.good_probes >= PROBES_TO_LEAD


def test_a_bad_probe_starts_the_count_again() -> None:
    """L-06: in a row."""
    health = failed()
    for now in (2.0, 12.0):
        health.pass_probe(now, now)
    health.fail(Failure.LOADING, 22.0)
    assert health.good_probes == 0
    assert lead_after(health, 22.0) >= STABLE_S


def test_wrong_password_is_tried_every_30_s_only() -> None:
    """R6: no endless attempts that lock us out."""
    health = failed(Failure.CREDENTIALS)
    assert not health.is_probe_due(CREDENTIALS_EVERY_S - 0.1)
    assert health.is_probe_due(CREDENTIALS_EVERY_S)
    assert not health.is_worth_a_try


@pytest.mark.parametrize("reason", [each for each in Failure if each not in (Failure.FROZEN, Failure.CREDENTIALS)])
def test_a_refusal_costs_nothing_and_may_be_asked_for_again(reason: Failure) -> None:
    """R7: where there is no other server, the next call finds out that it is back."""
    health = failed(reason)
    assert health.is_worth_a_try
    health.answer(asked_at=0.5, now=0.5)
    assert health.is_up


def test_an_answer_to_an_older_call_proves_nothing() -> None:
    """R2: what was on its way when the server failed."""
    health = failed(at=1.0)
    health.answer(asked_at=0.9, now=1.1)
    health.pass_probe(0.9, 1.1)
    assert health.state is State.DOWN


def test_slow_is_judged_by_the_slowest_twentieth() -> None:
    """R3: one slow call in many is none, and few calls prove nothing."""
    health = ServerHealth(0.0)
    for number in range(100):
        now = number * 0.05
        health.answer(now - (0.3 if number % 25 == 24 else 0.001), now)
    assert health.is_up
    few = ServerHealth(0.0)
    for number in range(MIN_CALLS - 1):
        few.answer(number * 0.4, number * 0.4 + 0.4)
    assert few.is_up
    few.answer(3.0, 3.4)
    assert (few.state, few.reason) == (State.DEGRADED, Failure.SLOW)


def test_a_server_that_is_slow_under_load_does_not_oscillate() -> None:
    """R3: quick for the probes, slow as soon as it leads: at most 2 switches in any 10 minutes."""
    health, switched_at, was_leading = ServerHealth(0.0), [], True
    for step in range(20 * 3600):
        now = step * 0.05
        probe_when_due(health, now)
        if health.may_lead and step % 8 == 0:
            health.answer(now - 0.4, now)
        if health.may_lead != was_leading:
            was_leading = health.may_lead
            switched_at.append(now)
    assert len(switched_at) >= 4
    windows = [[other for other in switched_at if at <= other < at + 600.0] for at in switched_at]
    assert max(map(len, windows)) <= 2


def test_a_slow_server_stays_out_although_probes_are_slow_only_sometimes() -> None:
    """R3: it has to be quick all the time."""
    health = ServerHealth(0.0)
    for number in range(MIN_CALLS):
        health.answer(number * 0.4, number * 0.4 + 0.4)
    for number in range(1, 100):
        now = 3.2 + number * PROBE_EVERY_S
        health.pass_probe(now - (0.3 if number % 50 == 0 else 0.001), now)
    assert not health.may_lead
    assert lead_after(health, 1100.0) <= LONG_STABLE_S


def test_a_slow_server_is_written_again_long_before_it_leads() -> None:
    """R3: or the other one would have no newest state in its next outage."""
    health = ServerHealth(0.0)
    for number in range(MIN_CALLS):
        health.answer(number * 0.4, number * 0.4 + 0.4)
    assert not health.is_up
    for number in range(1, PROBES_TO_LEAD + 1):
        now = 3.2 + number * PROBE_EVERY_S
        health.pass_probe(now - 0.001, now)
    assert health.is_up
    assert not health.may_lead


def test_one_moment_in_which_every_call_waits_is_not_slow() -> None:
    """R3: as at the start of a busy machine."""
    health = ServerHealth(0.0)
    for number in range(2 * MIN_CALLS):
        health.answer(0.0, 0.4 + number * 0.01)
    assert health.is_up


def test_a_server_that_flaps_is_left_alone() -> None:
    """R10: 5 s up, 5 s down, for 5 minutes: at most 3 failbacks."""
    health, failbacks, was_leading = ServerHealth(0.0), 0, True
    for step in range(600):
        now = step * STEP_S
        is_there = int(now / 5.0) % 2 == 0
        if not is_there and health.is_up:
            health.fail(Failure.REFUSED, now)
        probe_when_due(health, now, is_good=is_there)
        failbacks += health.may_lead and not was_leading
        was_leading = health.may_lead
    assert health.failures >= 30, "it did flap"
    assert failbacks <= 3


def test_one_that_falls_soon_after_its_return_waits_twice_as_long() -> None:
    """R10: each time, up to ten minutes; forgiven when it led for as long."""
    health, now, waits = failed(), 0.0, []
    for _ in range(7):
        took = lead_after(health, now)
        waits.append(took)
        now += took + 60.0
        health.fail(Failure.REFUSED, now)
    for former, later in pairwise(waits[:5]):
        assert later == pytest.approx(2 * former, rel=0.15)
    assert waits[-1] == pytest.approx(LONG_STABLE_S, rel=0.05)
    now += lead_after(health, now) + LONG_STABLE_S
    health.fail(Failure.REFUSED, now)
    assert lead_after(health, now) <= STABLE_S + PROBE_EVERY_S
