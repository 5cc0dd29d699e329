"""What holds for the REST side of every venue of the registry."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BadFrame
from feeds.market.gap import Gap, Mark
from feeds.types import Side
from feeds.venues import REGISTRY, Venue
from feeds.venues.rest import CallRefused, Rest
from tests.feeds.venues.recordings import NOW
from tests.feeds.venues.rest_recordings import bodies, instruments, refusals, said, times, trades

EVERY_VENUE = pytest.mark.parametrize("venue", REGISTRY.values(), ids=list(REGISTRY))
PAGE = Path(__file__).parents[3] / "docs" / "venues.md"
GAP_AFTER, GAP_BEFORE = Mark("1000", NOW), Mark("2000", NOW + timedelta(seconds=60))
BODIES = {code: bodies(code) for code in REGISTRY}
BAD_WORDS = ("NaN", "-1", "1e999", "1_000", "9" * 400, "null", "{}", "[]", "", "٣", "\x00", '"x"')


def read(rest: Rest, body: bytes) -> None:
    """Everything that may be asked of a body; anything but a value, a refusal or a BadFrame fails the test."""
    gap = Gap("BTC", GAP_AFTER, GAP_BEFORE)
    readers = (rest.read_server_time, rest.read_instruments, lambda body: rest.read_page(gap, body))
    for reader in readers:
        try:
            rest.check(200, body)
            reader(body)
        except (BadFrame, CallRefused):
            continue


@EVERY_VENUE
def test_server_time_is_read(venue: Venue) -> None:
    """E27: in each venue's own unit, aware UTC."""
    for case in said(venue.code, "time"):
        assert [venue.rest.read_server_time(case.body.encode())] == times(case)


@EVERY_VENUE
def test_instruments_are_read(venue: Venue) -> None:
    """F-10: the symbol is the one that the socket wants, and what does not trade is told apart."""
    listed = {one for case in said(venue.code, "instruments") for one in instruments(case)}
    assert {one.is_trading for one in listed} == {True, False}
    assert all(venue.symbol(one.base, one.quote) == one.symbol for one in listed)
    for case in said(venue.code, "instruments"):
        assert venue.rest.read_instruments(case.body.encode()) == instruments(case)


@EVERY_VENUE
def test_trades_are_read_oldest_first(venue: Venue) -> None:
    """F-12: exact Decimals, ids as text, aware UTC, the taker's side, whatever order the venue has."""
    for case in said(venue.code, "trades"):
        rows = venue.rest.read_trades(venue.symbol("BTC", "USDT"), case.body.encode())
        assert rows == trades(case)
        assert [str(row.price) for row in rows] == [str(row.price) for row in trades(case)]
        assert rows == sorted(rows, key=lambda row: (row.traded_at, row.trade_id))
    sides = {row.side for case in said(venue.code, "trades") for row in trades(case)}
    assert sides == {Side.BUY, Side.SELL}


@EVERY_VENUE
def test_good_answers_are_no_complaints(venue: Venue) -> None:
    """E5: nobody stays away from a venue that only answered."""
    for kind in ("time", "instruments", "trades"):
        for case in said(venue.code, kind):
            venue.rest.check(200, case.body.encode())


@EVERY_VENUE
def test_refusals_have_the_venues_words(venue: Venue) -> None:
    """E5: one too many is known as such, whether the status says so or only the words."""
    for case in refusals(venue.code):
        with pytest.raises(CallRefused) as refusal:
            venue.rest.check(case.status, case.body.encode())
        assert (refusal.value.status, refusal.value.words) == (case.refused_as, case.words)
        assert (refusal.value.cool_off > 0) == (case.refused_as in (403, 429))


@EVERY_VENUE
def test_limit_is_kept_for_as_long_as_the_venue_says(venue: Venue) -> None:
    """E5: Retry-After before our own guess; a redirect is refused with a word for people."""
    with pytest.raises(CallRefused) as refusal:
        venue.rest.check(429, b"", 7.0)
    assert refusal.value.cool_off == 7.0
    with pytest.raises(CallRefused, match="HTTP 302: it points elsewhere"):
        venue.rest.check(302, b"<html>")


@EVERY_VENUE
def test_addresses_are_encrypted_and_queries_are_quoted(venue: Venue) -> None:
    """E3 S9: a symbol cannot ask for anything else."""
    gap = Gap("B&limit=1", GAP_AFTER, GAP_BEFORE)
    rest = venue.rest
    assert rest.url.startswith("https://")
    assert rest.url.endswith("/")
    for ask in (rest.server_time(), rest.instruments("B&limit=1"), rest.recent_trades(gap.symbol), rest.trades_in(gap)):
        query = parse_qs(urlsplit(f"{rest.url}{ask.path}").query, strict_parsing="?" in ask.path)
        assert query.get("limit") != ["1"]
        assert 1 <= ask.cost <= rest.budget.count


@EVERY_VENUE
def test_page_of_the_venues_says_what_each_can_repair(venue: Venue) -> None:
    """V-06: docs/venues.md in the words of the code, which are also those of `manage.py ask`."""
    assert f"\n| {venue.name} | {venue.rest.reach} |" in PAGE.read_text()


@EVERY_VENUE
@given(body=st.binary())
def test_any_body_is_understood_or_a_bad_frame(venue: Venue, body: bytes) -> None:
    """E21: arbitrary bytes."""
    read(venue.rest, body)


@EVERY_VENUE
@given(data=st.data())
def test_spliced_body_is_understood_or_a_bad_frame(venue: Venue, data: st.DataObject) -> None:
    """E21 E24: an answer as recorded, but for some characters."""
    body = data.draw(st.sampled_from(BODIES[venue.code]))
    start = data.draw(st.integers(0, len(body)))
    end = start + data.draw(st.integers(0, 12))
    word = data.draw(st.sampled_from(BAD_WORDS) | st.text(max_size=3).filter(str.isprintable))
    read(venue.rest, body[:start] + word.encode() + body[end:])


@EVERY_VENUE
def test_bad_number_is_never_a_price(venue: Venue) -> None:
    """E24: in the place of the price of each recorded trade."""
    for case in said(venue.code, "trades"):
        for trade in trades(case):
            for bad in ('"NaN"', '"-1"', '"1e5"', "-1", "null", "1e99"):
                body = case.body.replace(f'"{trade.price}"', bad).replace(f":{trade.price},", f":{bad},")
                assert body != case.body
                with pytest.raises(BadFrame):
                    venue.rest.read_trades("BTC", body.encode())
