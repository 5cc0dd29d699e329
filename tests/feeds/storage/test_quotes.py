"""Quotes drain into the database beside the trades: one row of a second, of each instrument at each venue."""

import pytest

from feeds.models import Candle, DeadLetter, Quote
from feeds.storage import dead_letters, keys, latest
from feeds.storage.drain import Drain
from feeds.storage.logged import decode
from feeds.storage.marks import logged_marks
from tests.clock import ManualClock
from tests.feeds.samples import NOON, logged, logged_quote
from tests.feeds.storage.log import append, stored
from tests.plans import asked, reads_whole
from tests.redis_server import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)


def bids() -> list[str]:
    return [str(bid) for bid in Quote.objects.order_by("id").values_list("bid", flat=True)]


def test_quotes_become_rows_exactly(drain: Drain, shared_redis: RedisServer) -> None:
    """6.1 F-12: every field as it was logged, decimals with all their zeros, in a batch with trades."""
    sent = logged_quote(0.99, bid="58001.03000000")
    append(shared_redis, logged(1), sent, logged(2))
    assert drain.step() == 3
    row = Quote.objects.get()
    fields = ("bid", "bid_size", "ask", "ask_size", "quoted_at", "received_at", "second_at")
    assert [getattr(row, name) for name in fields] == [getattr(sent, name) for name in fields]
    assert (row.venue_id, row.instrument_id, str(row.bid)) == ("binance", "BTC-USDT", "58001.03000000")
    assert row.second_at == NOON
    assert stored() == [1, 2]


def test_last_quote_of_a_second_stays(drain: Drain, shared_redis: RedisServer) -> None:
    """6.1 E25: twice in a batch, in two, or from two workers: one row, which is the last one in whatever order."""
    append(shared_redis, logged_quote(0.2, bid="1"), logged_quote(0.1, bid="0"), logged_quote(1.5, bid="2"))
    drain.step()
    assert bids() == ["1", "2"]
    later = logged_quote(0.9, bid="3")
    append(shared_redis, later, logged_quote(1.4, bid="5"), logged_quote(0.1, venue="htx", bid="4"), logged(1))
    drain.step()
    append(shared_redis, later)
    drain.step()
    assert (sorted(bids()), stored()) == (["2", "3", "4"], [1])
    row = Quote.objects.get(bid="3")
    assert (row.received_at, row.quoted_at) == (later.received_at, later.quoted_at)


def test_quotes_alone_make_no_bar(drain: Drain, shared_redis: RedisServer) -> None:
    """F-17: bars are made of trades."""
    append(shared_redis, logged_quote())
    drain.step()
    assert (len(bids()), Candle.objects.count()) == (1, 0)


def test_entry_of_before_there_were_quotes_is_a_trade(drain: Drain, shared_redis: RedisServer) -> None:
    """F-22: what waits in a log or a spool over an update drains after it."""
    old = b'{"venue":"binance","instrument":"BTC-USDT","trade_id":"7","price":"1.0","size":"1","side":"buy",'
    old += b'"traded_at":"2026-11-20T12:00:00Z","received_at":"2026-11-20T12:00:00Z"}'
    append(shared_redis, old)
    drain.step()
    assert (stored(), DeadLetter.objects.count()) == ([7], 0)


def test_quote_that_the_database_cannot_take_is_set_aside_and_can_be_stored_again(
    drain: Drain, shared_redis: RedisServer, clock: ManualClock
) -> None:
    """F-23: those around it are stored."""
    strange = logged_quote(1, venue="nowhere")
    append(shared_redis, logged_quote(0), strange, logged(1))
    drain.step()
    letter = DeadLetter.objects.get()
    assert (len(bids()), stored(), decode(letter.content.encode())) == (1, [1], strange)
    letter.content = latest.encode(logged_quote(1)).decode()
    assert dead_letters.store_again(letter, clock.now()) == ""
    assert len(bids()) == 2


def test_quote_is_no_mark_of_what_was_heard_last() -> None:
    """F-20: a gap is between two trades."""
    entries = [(b"1-1", {keys.TRADE_FIELD: latest.encode(each)}) for each in (logged(1), logged_quote(9))]
    assert logged_marks(entries) == logged_marks(entries[:1])


@pytest.mark.parametrize("by", [{}, {"venue": "binance"}], ids=["by instrument", "of a venue"])
def test_quotes_are_found_by_an_index(by: dict[str, str]) -> None:
    """F-18: the newest of an instrument up to a time, at any venue or at one."""
    at = "second_at" if by else "received_at"
    quotes = Quote.objects.filter(instrument="BTC-USDT", **by, **{f"{at}__lt": NOON}).order_by(f"-{at}")
    with asked() as statements:
        list(quotes[:9])
    assert [reads_whole("feeds_quote", *each) for each in statements] == [False]
    with asked() as statements:
        list(Quote.objects.filter(bid="1"))
    assert reads_whole("feeds_quote", *statements[0])
