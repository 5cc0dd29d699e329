"""An hour in which little happens, at every venue at its own pace: nobody is left for it."""

from random import Random

import pytest

from feeds.connection.effects import Close, Lead
from feeds.connection.rhythm import CEILING_S
from tests.feeds.connection.stage import SEVEN, Stage

TEN_MINUTES_S, HOUR_S = 600.0, 3600.0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("mean_s", [0.5, 1.0])
def test_hour_of_a_quiet_market_has_no_false_switch(mean_s: float, seed: int) -> None:
    """E8: 0 switches, though each venue is at times silent for longer than three seconds, as it was before."""
    stage, chance = Stage(*SEVEN), Random(seed)
    play(stage, chance, mean_s, TEN_MINUTES_S)
    stage.mark()
    longest = play(stage, chance, mean_s, HOUR_S)
    assert 3.0 < longest < CEILING_S
    assert stage.of(Lead) == []
    assert [close for close in stage.of(Close) if close.is_silent] == []


def play(stage: Stage, chance: Random, mean_s: float, seconds: float) -> float:
    """Each venue says something after a while of its own, again and again; the longest while."""
    longest = 0.0
    for _ in range(round(seconds / stage.step_s)):
        for venue in stage.venues.values():
            venue.every_s = chance.expovariate(1 / mean_s)
            longest = max(longest, venue.every_s)
        stage.run(stage.step_s)
    return longest
