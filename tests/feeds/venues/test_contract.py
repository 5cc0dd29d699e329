"""What holds for every venue of the registry."""

import gzip
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BadFrame
from feeds.types import Quote, Trade
from feeds.venues import REGISTRY, Venue
from feeds.venues.base import Frame
from tests.feeds.venues.recordings import FOLDER, cases

EVERY_VENUE = pytest.mark.parametrize("venue", REGISTRY.values(), ids=list(REGISTRY))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
# Words that lead deep into the dialects.
VOCABULARY = """
    stream data e s t p q T m u b B a A id code msg result trade aggTrade bookTicker btcusdt@trade
    ping ch tick status subbed price amount direction ts tradeId market.btcusdt.trade.detail market.btcusdt.bbo
    ok error buy sell 1 -1 NaN
"""
WORDS = st.sampled_from(VOCABULARY.split())
NEAR_MISSES = st.dictionaries(WORDS, st.recursive(WORDS | JSON, lambda inner: st.dictionaries(WORDS, inner)))


def parse(venue: Venue, frame: Frame) -> None:
    """Anything but events or a BadFrame fails the test by escaping."""
    try:
        events = venue.parse(frame)
    except BadFrame:
        return
    for event in events:
        if isinstance(event, Trade):
            assert event.price.is_finite()
            assert event.size.is_finite()


@EVERY_VENUE
@given(frame=st.binary() | st.text())
def test_any_frame_is_understood_or_a_bad_frame(venue: Venue, frame: Frame) -> None:
    """E21: arbitrary bytes and text never raise anything else."""
    parse(venue, frame)
    parse(venue, gzip.compress(frame.encode("utf-8", "surrogatepass") if isinstance(frame, str) else frame))


@EVERY_VENUE
@given(content=JSON | NEAR_MISSES)
def test_any_json_is_understood_or_a_bad_frame(venue: Venue, content: object) -> None:
    """E20 E21: valid JSON of any shape, with the venue's own words in wrong places too."""
    text = msgspec.json.encode(content)
    parse(venue, text.decode())
    parse(venue, gzip.compress(text))


@EVERY_VENUE
@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"stream":"a@trade","data":' * 5_000,
        '{"ping":' + "9" * 5_000 + "}",
        '{"id":1,"id":2',
        '\ufeff{"result":null,"id":1}',
        '{"result":NaN}',
        "",
    ],
    ids=["deep", "deep in words", "long integer", "cut", "byte order mark", "NaN", "empty"],
)
def test_hostile_json_is_a_bad_frame(venue: Venue, text: str) -> None:
    """E21: nesting, long integers and cut frames end in a BadFrame, plain or in gzip."""
    for frame in (text, text.encode(), gzip.compress(text.encode())):
        with pytest.raises(BadFrame):
            venue.parse(frame)


@EVERY_VENUE
def test_every_kind_of_message_has_a_recorded_frame(venue: Venue) -> None:
    """F-12: trades and quotes at least; a new venue brings its own folder."""
    said = {type(event) for case in cases(venue.code).values() for event in case.expected()}
    assert {Trade, Quote} <= said


@EVERY_VENUE
def test_addresses_are_encrypted(venue: Venue) -> None:
    """E3: no venue is ever listened to in clear text."""
    assert venue.urls
    assert {urlsplit(url).scheme for url in venue.urls} == {"wss"}


@EVERY_VENUE
def test_requests_have_keys_of_their_own(venue: Venue) -> None:
    """E19: each answer can be told to its request."""
    requests = venue.subscribe([venue.symbol("BTC", "USDT"), venue.symbol("ETH", "USDT")])
    assert len({request.key for request in requests}) == len(requests) > 0


def test_excerpt_of_a_bad_frame_is_short_and_printable() -> None:
    """E21: at most 512 escaped characters of it reach a log."""
    excerpt = BadFrame("json", b"\xff\x1b[2J" * 1000).excerpt
    assert excerpt.isascii()
    assert excerpt.isprintable()
    assert len(excerpt) == 512


def test_codes_and_priorities_are_unique() -> None:
    """F-03: the order of a fresh installation is total."""
    assert list(REGISTRY) == [venue.code for venue in REGISTRY.values()]
    assert len({venue.default_priority for venue in REGISTRY.values()}) == len(REGISTRY)


def test_every_folder_of_frames_belongs_to_a_venue() -> None:
    """F-12: no frames are kept that no test reads."""
    assert {folder.name for folder in FOLDER.iterdir() if folder.is_dir()} <= set(REGISTRY)
