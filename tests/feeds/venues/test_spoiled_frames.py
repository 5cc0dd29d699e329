"""A hundred thousand spoiled frames for each dialect, every time. A failing seed is shrunk and printed."""

import gzip
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import BadFrame
from feeds.types import Event
from feeds.venues import REGISTRY, Venue
from feeds.venues.base import Frame
from tests.feeds.venues.judgement import numbers_in, prices_in
from tests.feeds.venues.recordings import cases, on_the_wire
from tests.feeds.venues.spoiling import spoil

SEEDS: Final = 500
FRAMES_PER_SEED: Final = 200
SEED = st.integers(0, 2**32 - 1)
EVERY_VENUE = pytest.mark.parametrize("venue", REGISTRY.values(), ids=list(REGISTRY))


def understood(venue: Venue, frame: Frame) -> list[Event]:
    """What the frame says, nothing where it is bad: any other error fails the test."""
    try:
        return venue.parse(frame)
    except BadFrame:
        return []


@EVERY_VENUE
def test_hundred_thousand_spoiled_frames_neither_crash_nor_become_a_wrong_price(venue: Venue) -> None:
    """E20 E21 E24: what is accepted stands in the frame, by the standard library's reading and a second grammar."""
    frames = [case.frame for case in cases(venue.code).values()]
    tried = accepted = 0

    @settings(max_examples=SEEDS, deadline=None, database=None)
    @given(SEED)
    def spoil_many(seed: int) -> None:
        nonlocal tried, accepted
        chance = Random(seed)
        for _ in range(FRAMES_PER_SEED):
            frame = on_the_wire(venue.code, spoil(frames, chance))
            prices = [price for event in understood(venue, frame) for price in prices_in(event)]
            tried, accepted = tried + 1, accepted + len(prices)
            assert not prices or set(prices) <= numbers_in(venue.code, frame)

    spoil_many()
    assert tried >= 100_000
    # Many a frame is left sound in all that matters: a test in which none is accepted would prove nothing.
    assert accepted > 1_000


@settings(max_examples=SEEDS, deadline=None, database=None)
@given(SEED)
def test_hundred_thousand_spoiled_gzip_frames_do_not_crash(seed: int) -> None:
    """E22: bytes of the packing itself are flipped, cut or doubled."""
    chance, htx = Random(seed), REGISTRY["htx"]
    packed = [gzip.compress(case.frame.encode(), mtime=0) for case in cases("htx").values()]
    for _ in range(FRAMES_PER_SEED):
        frame = bytearray(chance.choice(packed))
        place = chance.randrange(len(frame))
        frame[place] ^= chance.randrange(256)
        understood(htx, bytes(frame[: chance.choice((place, len(frame), len(frame)))]))
