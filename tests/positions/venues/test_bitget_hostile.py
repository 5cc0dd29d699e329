"""What BitGet should not send: it is understood or called a bad frame, and nothing else is ever raised."""

import json
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import BadFrame
from feeds.venues.base import Frame
from positions.management.lines import as_lines
from positions.venues.bitget import DIALECTS
from positions.venues.bitget_bare import read_any
from positions.venues.bitget_rest import AccountRest
from positions.words import AccountKind
from tests.feeds.venues.spoiling import spoil
from tests.positions.venues.recordings import cases

FRAMES: Final = [case.frame for case in cases().values()]
OBJECTS: Final = [json.loads(frame) for frame in FRAMES if frame != "pong"]
DIALECT: Final = DIALECTS[AccountKind.UNIFIED]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["", "0", "-1", "1e5", "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
READERS: Final[list[Callable[[AccountRest, bytes], object]]] = [
    AccountRest.read_server_time,
    lambda rest, body: rest.read_positions(body),
    lambda rest, body: rest.read_orders(body),
    lambda rest, body: rest.read_fills(body),
    lambda rest, body: rest.read_balances(body),
    lambda rest, body: rest.read_key_info(body),
]


def understood(frame: Frame) -> None:
    """Anything but events that can be printed, or a BadFrame, fails the test."""
    for read in (DIALECT.parse, read_any):
        with suppress(BadFrame):
            for event in read(frame):
                json.dumps(list(as_lines(event)))


def bend(value: Any, draw: st.DrawFn) -> Any:
    """The same with one member at some depth missing or another."""
    if not isinstance(value, dict | list) or not value or draw(st.integers(0, 4)) == 0:
        return draw(JSON)
    place = draw(st.sampled_from(list(value) if isinstance(value, dict) else range(len(value))))
    if draw(st.integers(0, 3)) == 0:
        del value[place]
    else:
        value[place] = bend(value[place], draw)
    return value


@st.composite
def bent(draw: st.DrawFn) -> Any:
    return bend(json.loads(json.dumps(draw(st.sampled_from(OBJECTS)))), draw)


@given(frame=st.binary() | st.text())
def test_any_frame_is_understood_or_a_bad_frame(frame: Frame) -> None:
    """B9 E21: arbitrary bytes and text."""
    understood(frame)


@given(content=JSON)
def test_any_json_is_understood_or_a_bad_frame(content: object) -> None:
    """B9 E20: valid JSON of any shape."""
    understood(json.dumps(content))


@settings(max_examples=400)
@given(content=bent())
def test_bent_frame_is_understood_or_a_bad_frame(content: object) -> None:
    """B9 E24: a frame as it should be, but for one member."""
    understood(json.dumps(content))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_spoiled_frames_are_understood_or_bad_frames(seed: int) -> None:
    """B9 E24: two hundred to each seed, cut, doubled and mixed."""
    chance = Random(seed)
    for _ in range(200):
        understood(spoil(FRAMES, chance))


@settings(max_examples=200, deadline=None)
@given(content=bent() | JSON)
def test_any_answer_is_understood_or_a_bad_frame(content: object) -> None:
    """E21: by the readers of both worlds."""
    body = json.dumps({"code": "00000", "data": content}).encode()
    for dialect in DIALECTS.values():
        for read in READERS:
            with suppress(BadFrame):
                read(dialect.rest, body)


@pytest.mark.parametrize(
    "frame",
    [
        "[" * 100_000,
        '{"data":' * 5_000,
        f'{{"code":{"9" * 5_000}}}',
        '{"event":',
        '\ufeff{"event":"login"}',
        "",
        "\ud800",
    ],
    ids=["deep", "deep in members", "long", "cut", "byte order mark", "empty", "surrogate"],
)
def test_hostile_json_is_a_bad_frame(frame: str) -> None:
    """E21: nesting, long integers and broken text."""
    with pytest.raises(BadFrame):
        DIALECT.parse(frame)
