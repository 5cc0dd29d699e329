"""How much a client is sent before it answers."""

import pytest

from dashboard.flow import LOST_AFTER, WINDOW, Flow


def test_a_client_that_answers_is_never_held_back() -> None:
    """What it got is not on the way any more."""
    flow = Flow()
    for number in range(1, 1000):
        flow.sent(WINDOW // 2, True, float(number))
        assert not flow.is_full
        flow.answered(number)
    assert not flow.is_lost(1e9)


def test_no_more_than_a_window_is_on_the_way() -> None:
    """C3: 256 KiB at most wait in the buffers of who does not read, and one frame."""
    flow = Flow()
    sent = 0
    while not flow.is_full:
        flow.sent(1000, False, 0.0)
        sent += 1000
    assert WINDOW < sent <= WINDOW + 1000
    flow.answered(1)
    assert not flow.is_full


def test_who_does_not_answer_for_ten_seconds_is_lost() -> None:
    """C3: the oldest frame counts, however little it was."""
    flow = Flow()
    assert not flow.is_lost(100.0)
    flow.sent(10, True, 100.0)
    flow.sent(10, True, 109.0)
    assert not flow.is_lost(100.0 + LOST_AFTER)
    assert flow.is_lost(100.1 + LOST_AFTER)
    flow.answered(1)
    assert not flow.is_lost(109.0 + LOST_AFTER)


def test_nobody_can_have_got_what_was_not_sent() -> None:
    """And an answer that comes late, or twice, changes nothing."""
    flow = Flow()
    flow.sent(10, True, 0.0)
    flow.answered(1)
    flow.answered(0)
    with pytest.raises(ValueError, match="2 frames: 1 were sent"):
        flow.answered(2)


def test_only_questions_are_to_be_answered() -> None:
    """W-08: who is subscribed to nothing hears no ticks, and may be silent."""
    flow = Flow()
    flow.sent(10, False, 0.0)
    assert not flow.is_lost(1e9)
