"""An admin's word on a circuit breaker."""

from datetime import timedelta

import pytest

from feeds import override
from tests.feeds.samples import NOON

HOUR = timedelta(hours=1)


def test_word_stands_until_its_time() -> None:
    """V-14: and not a moment longer; without a time it never does."""
    assert override.in_force("open", NOON + HOUR, NOON) == "open"
    assert override.in_force("open", NOON, NOON) == ""
    assert override.in_force("open", None, NOON) == ""
    assert override.in_force("", NOON + HOUR, NOON) == ""


def test_word_with_a_reason_and_a_time_may_stand() -> None:
    """V-14: for up to a day; no word needs neither."""
    assert override.objections("open", "maintenance", NOON + 24 * HOUR, NOON) == {}
    assert override.objections("", "", None, NOON) == {}


@pytest.mark.parametrize(
    ("why", "until_at", "told"),
    [
        (" ", NOON + HOUR, {"circuit_reason": "Say why, for who wonders tonight."}),
        ("maintenance", None, {"circuit_until": "Say until when."}),
        ("maintenance", NOON, {"circuit_until": "That is over already."}),
        ("maintenance", NOON + 25 * HOUR, {"circuit_until": "Not for longer than 24 hours."}),
    ],
)
def test_word_without_a_reason_or_a_bound_is_refused(why: str, until_at: object, told: dict[str, str]) -> None:
    """V-14: each field says what it lacks."""
    assert override.objections("closed", why, until_at, NOON) == told  # type: ignore[arg-type]
