"""The load client waits as a page does."""

import re
from pathlib import Path
from random import Random

import pytest

from tests.load import retry
from tests.load.retry import Retry
from tests.prepared import ROOT

SCRIPT = ROOT / "dashboard" / "static" / "dashboard" / "retry.js"


def test_numbers_are_those_of_the_pages() -> None:
    """C9: what is measured is what browsers do."""
    told = {name: int(value) for name, value in re.findall(r"const ([A-Z_]+) = (\d+);", Path(SCRIPT).read_text())}
    assert told["SERVICE_RESTART"] == retry.SERVICE_RESTART
    assert told["MOST_FAILURES"] == retry.MOST_FAILURES
    for name in ("WAIT", "JITTER", "STORM", "SLOW"):
        assert told[f"{name}_MS"] == 1000 * getattr(retry, f"{name}_S")


@pytest.mark.parametrize(
    ("ends", "least", "most"),
    [
        ([(1001, True)], 0.0, 5.0),
        ([(1006, True)], 5.0, 7.5),
        ([(1001, True), (None, False)], 5.0, 7.5),
        ([(None, False)] * 3, 60.0, 62.5),
        ([(None, False)] * 3 + [(1006, True)], 5.0, 7.5),
    ],
)
def test_page_waits_longer_where_the_server_is_away(
    ends: list[tuple[int | None, bool]], least: float, most: float
) -> None:
    """C9: spread over five seconds at first, then after five, and after three failures once a minute."""
    for seed in range(50):
        page = Retry(Random(seed))
        *_, wait_s = (page.wait_s(*end) for end in ends)
        assert least <= wait_s <= most
