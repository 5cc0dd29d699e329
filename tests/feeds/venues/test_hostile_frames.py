"""What no venue should send: every dialect understands it or calls it a bad frame, and raises nothing else.

test_spoiled_frames.py has the large numbers; these here shrink to the smallest frame.
"""

import gzip
import re
import time
from datetime import UTC
from decimal import Context, Decimal
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.decimals import FRACTION_DIGITS, INTEGER_DIGITS
from feeds.errors import BadFrame
from feeds.types import Quote, Side, Trade
from feeds.venues import REGISTRY, Venue
from feeds.venues.base import Frame
from tests.feeds.venues.recordings import cases, on_the_wire

EVERY_VENUE = pytest.mark.parametrize("venue", REGISTRY.values(), ids=list(REGISTRY))
RECORDED: Final = {code: [case.frame for case in cases(code).values()] for code in REGISTRY}
MIB: Final = 1024 * 1024
HIGHEST: Final = Decimal(10) ** INTEGER_DIGITS
SMALLEST: Final = Decimal(1).scaleb(-FRACTION_DIGITS)
EXACT: Final = Context(prec=INTEGER_DIGITS + FRACTION_DIGITS)
BAD_WORDS: Final = (
    *("NaN", "Infinity", "-1", "0", "1e999", "1e-7", "1_000", " 1", "٣", "0x1", "9" * 20, "9" * 400, "0." + "1" * 19),
    *("", "null", "buy", "Sell", "2026-11-20", "\ud800", "\\ud800", '"', "{", "]", ",", "\x00", "\ufeff"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def parse(venue: Venue, frame: Frame) -> None:
    """Anything but sound events or a BadFrame fails the test."""
    try:
        events = venue.parse(frame)
    except BadFrame:
        return
    for event in events:
        if isinstance(event, Trade):
            assert_sound(event.price, event.size)
            assert isinstance(event.side, Side)
            assert 0 < len(event.trade_id) <= 40
            assert event.traded_at.tzinfo is UTC
        if isinstance(event, Quote):
            assert_sound(event.bid, event.bid_size, event.ask, event.ask_size)


def assert_sound(*numbers: Decimal) -> None:
    for number in numbers:
        assert 0 <= number < HIGHEST
        assert number == number.quantize(SMALLEST, context=EXACT)


@st.composite
def cut_and_spliced(draw: st.DrawFn, code: str) -> str:
    """A recorded frame with some characters replaced by others."""
    text = draw(st.sampled_from(RECORDED[code]))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 12))
        text = text[:start] + draw(st.sampled_from(BAD_WORDS) | st.text(max_size=3)) + text[end:]
    return text


@st.composite
def bent(draw: st.DrawFn, code: str) -> bytes:
    """A recorded frame that is still JSON: one thing in it is missing, or another."""
    frames = [frame for frame in RECORDED[code] if frame.startswith("{")]
    return msgspec.json.encode(draw(_bent(msgspec.json.decode(draw(st.sampled_from(frames))))))


@st.composite
def _bent(draw: st.DrawFn, value: Any) -> object:
    if not isinstance(value, dict | list) or not value or draw(st.integers(0, 9)) == 0:
        return draw(JSON | st.sampled_from([word for word in BAD_WORDS if word != "\ud800"]))
    places = list(value) if isinstance(value, dict) else range(len(value))
    place = draw(st.sampled_from(places))
    if draw(st.integers(0, 3)) == 0:
        del value[place]
    else:
        value[place] = draw(_bent(value[place]))
    return value


@EVERY_VENUE
@given(frame=st.binary() | st.text())
def test_any_frame_is_understood_or_a_bad_frame(venue: Venue, frame: Frame) -> None:
    """E21: arbitrary bytes and text, packed or not."""
    parse(venue, frame)
    parse(venue, gzip.compress(frame.encode("utf-8", "surrogatepass") if isinstance(frame, str) else frame))


@EVERY_VENUE
@given(content=JSON)
def test_any_json_is_understood_or_a_bad_frame(venue: Venue, content: object) -> None:
    """E20 E21: valid JSON of any shape."""
    parse(venue, on_the_wire(venue.code, msgspec.json.encode(content).decode()))


@EVERY_VENUE
@given(data=st.data())
def test_spliced_frame_is_understood_or_a_bad_frame(venue: Venue, data: st.DataObject) -> None:
    """E21 E24: a frame as recorded, but for some characters."""
    text = data.draw(cut_and_spliced(venue.code))
    parse(venue, text)
    parse(venue, on_the_wire(venue.code, text))


@EVERY_VENUE
@given(data=st.data())
def test_bent_frame_is_understood_or_a_bad_frame(venue: Venue, data: st.DataObject) -> None:
    """E20 E24: a frame as recorded, but for one member."""
    parse(venue, on_the_wire(venue.code, data.draw(bent(venue.code)).decode()))


@EVERY_VENUE
@given(data=st.data())
def test_frame_whose_bytes_are_cut_or_flipped_is_understood_or_a_bad_frame(venue: Venue, data: st.DataObject) -> None:
    """E21 E22: after the packing, where there is one."""
    frame = on_the_wire(venue.code, data.draw(st.sampled_from(RECORDED[venue.code])))
    content = bytearray(frame if isinstance(frame, bytes) else frame.encode())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    parse(venue, bytes(content))
    parse(venue, bytes(content[:place]))


@EVERY_VENUE
@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"stream":"a@trade","data":' * 5_000,
        '{"ping":1,"arg":1,"data":1,"result":1,"id":{"a":1,"b":' + "[" * 10_000,
        '{"id":1,"id":2',
        '\ufeff{"result":null,"id":1}',
        '{"result":NaN}',
        "",
    ],
    ids=["deep", "deep in words", "deep in members", "cut", "byte order mark", "NaN", "empty"],
)
def test_hostile_json_is_a_bad_frame(venue: Venue, text: str) -> None:
    """E21: nesting and cut frames end in a BadFrame, plain or in gzip."""
    for frame in (text, text.encode(), gzip.compress(text.encode())):
        with pytest.raises(BadFrame):
            venue.parse(frame)


@EVERY_VENUE
def test_long_integer_in_the_place_of_any_number_is_harmless(venue: Venue) -> None:
    """E21: 5 000 digits, which Python itself refuses to convert, wherever a recorded frame has an integer."""
    for frame in RECORDED[venue.code]:
        for digits in {part for part in frame.replace(":", ",").split(",") if part.isdigit()}:
            parse(venue, on_the_wire(venue.code, frame.replace(digits, "9" * 5_000)))


@EVERY_VENUE
@pytest.mark.parametrize(
    "text",
    [
        "[" * MIB,
        '{"a":' * (MIB // 5),
        '{"id":' + "9" * MIB,
        '{"topic":"' + "x" * MIB,
        "\x00" * MIB,
        '{"a":1,' * (MIB // 7),
        '{"data":[' + '"\\u0661",' * (MIB // 9),
    ],
    ids=["lists", "objects", "digits", "text", "zeros", "keys", "escapes"],
)
def test_megabyte_of_malice_does_not_hold_the_loop(venue: Venue, text: str) -> None:
    """E21: at most 20 ms for the longest frame that a session takes, until it is found to be bad."""
    frame = on_the_wire(venue.code, text[:MIB])
    assert shortest_of_three(venue, frame) <= 0.020


@EVERY_VENUE
def test_thousand_rows_of_which_the_last_is_bad_do_not_hold_the_loop(venue: Venue) -> None:
    """E21: Bybit sends up to 1024 trades at once; the last one costs the others their place, but no time."""
    many = [frame for frame in map(full_of_rows, RECORDED[venue.code]) if frame is not None]
    for frame in many:
        assert shortest_of_three(venue, on_the_wire(venue.code, frame)) <= 0.020
    assert many or venue.code in {"binance", "kucoin", "gateio"}


def full_of_rows(frame: str) -> str | None:
    """The frame with its row 1023 times, and then with too long a price; None where it has no list of rows."""
    found = re.search(r'(?<="data":\[)\{.*?\}(?=[,\]])', frame)
    if found is None or '"side"' not in found[0] and '"S"' not in found[0] and '"direction"' not in found[0]:
        return None
    last = re.sub(r'("(?:p|px|price)":"?)[0-9.eE+-]+', r"\g<1>99999999999999", found[0])
    return f"{frame[: found.start()]}{f'{found[0]},' * 1023}{last}{frame[found.end() :]}"


def shortest_of_three(venue: Venue, frame: Frame) -> float:
    """Seconds on the CPU until the frame was refused: what else the machine does is not the dialect's fault."""
    spent = []
    for _ in range(3):
        started = time.process_time()
        with pytest.raises(BadFrame):
            venue.parse(frame)
        spent.append(time.process_time() - started)
    return min(spent)
