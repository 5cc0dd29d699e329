"""HTX's frames, as documented, and what we send."""

import gzip
import time
import tracemalloc

import msgspec
import pytest

from feeds.errors import BadFrame
from feeds.types import Trade
from feeds.venues.htx import HTX, MAX_INFLATED_BYTES
from tests.feeds.venues.recordings import NOW, Case, cases, on_the_wire

CASES = cases("htx")
ROW = '{"id":1,"ts":1,"tradeId":2,"amount":1,"price":1,"direction":"buy"}'


def frame(text: str) -> bytes:
    return gzip.compress(text.encode())


def trade_frame(row: str) -> bytes:
    return frame(f'{{"ch":"market.btcusdt.trade.detail","ts":1,"tick":{{"id":1,"ts":1,"data":[{row}]}}}}')


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_frame_says_what_its_documentation_says(case: Case) -> None:
    """F-12: every kind of frame of the documentation, in gzip."""
    assert HTX().parse(on_the_wire("htx", case.frame)) == case.expected()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x1f\x8b", b"PK\x03\x04", gzip.compress(b"{}")[:-9], gzip.compress(b"{}")[2:], b'{"ping":1}', '{"ping":1}'],
    ids=["empty", "magic only", "zip", "cut", "no magic", "plain bytes", "text"],
)
def test_what_is_not_whole_gzip_is_a_bad_frame(content: bytes | str) -> None:
    """E22: truncated, wrong magic, not compressed at all."""
    with pytest.raises(BadFrame):
        HTX().parse(content)


def test_gzip_bomb_is_not_inflated() -> None:
    """E22: 48 kB that hold 50 MB cost about a megabyte, and the frame is bad."""
    bomb = gzip.compress(b" " * 50_000_000)
    tracemalloc.start()
    with pytest.raises(BadFrame) as refusal:
        HTX().parse(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refusal.value.reason == "gzip_size"
    assert peak < 4 * MAX_INFLATED_BYTES


def test_gzip_bomb_costs_five_milliseconds() -> None:
    """E22: of CPU, at the best of three; a megabyte of it is inflated, and no more."""
    bomb, spent = gzip.compress(b" " * 50_000_000), []
    for _ in range(3):
        started = time.process_time()
        with pytest.raises(BadFrame):
            HTX().parse(bomb)
        spent.append(time.process_time() - started)
    assert min(spent) <= 0.005


def test_cut_gzip_is_told_from_a_bomb() -> None:
    """E22: the reason that is counted is the true one."""
    with pytest.raises(BadFrame) as refusal:
        HTX().parse(frame('{"ping":1}')[:-9])
    assert refusal.value.reason == "gzip"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"price":1', '"price":"1"'),
        ('"price":1', '"price":-1'),
        ('"price":1', '"price":1e99'),
        ('"amount":1', '"amount":null'),
        ('"direction":"buy"', '"direction":"hold"'),
        ('"tradeId":2', '"tradeId":2.5'),
        ('"id":1,', ""),
        ('"ts":1', '"ts":9223372036854775807'),
    ],
)
def test_field_of_another_type_is_a_bad_frame(old: str, new: str) -> None:
    """E20 E24: nothing is guessed."""
    assert HTX().parse(trade_frame(ROW))
    with pytest.raises(BadFrame):
        HTX().parse(trade_frame(ROW.replace(old, new, 1)))


def test_long_ids_lose_no_digit() -> None:
    """E24: 28 digits fit no integer of 64 bits and no double."""
    row = ROW.replace('"id":1', '"id":1931506477151671992419320033').replace('"tradeId":2,', "")
    (trade,) = HTX().parse(trade_frame(row))
    assert isinstance(trade, Trade)
    assert trade.trade_id == "1931506477151671992419320033"


@pytest.mark.parametrize("identity", ['"abc"', '""', "-1", "1.5", "true", "{}", '"٣"'])
def test_long_id_is_digits(identity: str) -> None:
    """E20: an id of another shape is a bad frame, not a key."""
    row = ROW.replace('"id":1', f'"id":{identity}').replace('"tradeId":2,', "")
    with pytest.raises(BadFrame):
        HTX().parse(trade_frame(row))


def test_each_topic_has_its_own_message() -> None:
    """F-10: trades and best prices of each symbol, each acknowledged by its topic."""
    requests = HTX().subscribe(["btcusdt"], NOW)
    topics = ["market.btcusdt.trade.detail", "market.btcusdt.bbo"]
    assert [request.key for request in requests] == topics
    assert [msgspec.json.decode(request.text) for request in requests] == [{"sub": t, "id": t} for t in topics]


def test_symbol_is_lower_case() -> None:
    """HTX's spelling."""
    assert HTX().symbol("BTC", "USDT") == "btcusdt"


def test_long_id_that_is_no_text_is_a_bad_frame() -> None:
    """E21: broken UTF-8 where the JSON parser does not look."""
    row = ROW.replace('"id":1', '"id":"1?"').replace('"tradeId":2,', "")
    with pytest.raises(BadFrame):
        HTX().parse(gzip.compress(gzip.decompress(trade_frame(row)).replace(b"1?", b"1\xed\xa0\x80")))


def test_long_id_is_no_longer_than_the_database_keeps() -> None:
    """E20: forty digits."""
    row = ROW.replace('"id":1', f'"id":"{"1" * 41}"').replace('"tradeId":2,', "")
    with pytest.raises(BadFrame):
        HTX().parse(trade_frame(row))
