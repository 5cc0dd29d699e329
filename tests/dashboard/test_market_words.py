"""How a day's range reads, and which alerts of a feed are shown: by server and script alike."""

from datetime import timedelta

import pytest

from dashboard.feed.lately import DayRange
from dashboard.feed.parts import AlertLine
from dashboard.templatetags.market import stands, worst
from tests.dashboard.samples import NOON


def line(kind: str) -> AlertLine:
    return AlertLine(kind=kind, since_at=NOON, text="so it is")


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (timedelta(hours=24), "Last 24 h: the price stands at 43 % of this range."),
        (timedelta(minutes=2), "Known since 11:58 UTC only: the price stands at 43 % of this range."),
    ],
)
def test_a_range_says_which_time_it_covers(known: timedelta, sentence: str) -> None:
    """V-12: after a failover that of the new venue begins anew."""
    assert stands(DayRange(NOON - known, "64000", "64100", 43, 0.1), NOON) == sentence


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        (["burn-1h", "burn-6h", "clock"], ["burn-1h", "clock"]),
        (["burn-6h", "burn-1h"], ["burn-1h"]),
        (["burn-6h"], ["burn-6h"]),
    ],
)
def test_a_budget_that_is_spent_quickly_is_one_line(kinds: list[str], shown: list[str]) -> None:
    """V-13: both alerts are written down, the page shows the worst."""
    assert [each.kind for each in worst([line(kind) for kind in kinds])] == shown
