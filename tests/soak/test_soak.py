"""A page that is left open does not grow; one that does is found."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.chromium import find_chromium
from tests.load.site import Site, site
from tests.screen import Held, chromium
from tests.soak.playing import play, record, url_of
from tests.soak.rows import grown
from tests.soak.slope import line

TIMES, SAMPLES = 24, 12
# Keeps a row of each frame, as a panel does that forgets to forget.
LEAK = """
  const kept = [];
  const { onmessage } = window.socket;
  window.socket.onmessage = (event) => {
    kept.push(document.querySelector(".tape tbody tr").cloneNode(true));
    onmessage(event);
  };"""


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    with site() as place:
        yield place


async def held(place: Site, *spoils: str) -> list[list[Held]]:
    """What each page held while the same second was played. Time stands still: only `make soak` fills an hour."""
    url, session = url_of(place), place.people[0]["session"]
    async with chromium(find_chromium()) as browser, place.web():
        async with place.writing(50):
            recorded = await record(browser, url, session, 1)
        recorded = replace(recorded, later_s=0)
        return [await play(browser, url, session, recorded, TIMES, SAMPLES, spoil) for spoil in spoils]


def verdicts(held: list[Held]) -> dict[str, bool]:
    return {result.row.name: result.is_ok for result in grown(held, "")}


@pytest.mark.browser
def test_an_open_page_does_not_grow_and_a_leak_is_found(place: Site) -> None:
    """Issue 8: what a page holds stays as it is; of one that keeps a row of each frame it is said that it grows."""
    sound, leaking = asyncio.run(held(place, "", LEAK))
    of_sound, of_leaking = verdicts(sound), verdicts(leaking)
    assert (of_sound["OPEN nodes"], of_sound["OPEN listeners"]) == (True, True)
    assert sound[-1].heap < 1.2 * sound[SAMPLES // 2].heap
    assert not of_leaking["OPEN nodes"]


def test_a_line_tells_growth_from_chance() -> None:
    """What goes up and down is level; what creeps up under the same noise is not."""
    noise = [100.0 + (7 * number) % 5 for number in range(60)]
    creeping = [value + 0.2 * number for number, value in enumerate(noise)]
    assert line(noise).certain < 0.01
    assert line(creeping).certain == pytest.approx(0.11, abs=0.02)
    assert line(creeping[::-1]).certain == 0
