"""Who led when, out of the switches between venues, and how it is drawn."""

from datetime import datetime, timedelta

import pytest

from dashboard.feed.lanes import Bar, lanes
from dashboard.feed.leads import joined, leads, watched_only
from dashboard.feed.messages import Leads
from dashboard.feed.parts import Lead, Source
from dashboard.feed.past import read_leads
from feeds.models import FailoverEvent, Feed, UptimeMinute
from feeds.queries import shown_feed
from feeds.storage.latest import Switch
from tests.dashboard.samples import NOON

SINCE = NOON - timedelta(hours=6)


def at(minutes: float) -> datetime:
    return SINCE + timedelta(minutes=minutes)


def switch(from_venue: str, to_venue: str, minutes: float, stale_s: float = 0.0) -> Switch:
    return Switch(from_venue, to_venue, "silent", at(minutes), stale_s=stale_s)


def test_each_switch_ends_one_lead_and_begins_another() -> None:
    """F-25: what a switch left stale nobody led; the last one of before says who led at the beginning."""
    switches = [switch("okx", "htx", -60), switch("htx", "binance", 60, stale_s=60.0)]
    told = leads(switches, Source("binance", "", "", at(60)), SINCE, NOON)
    assert told == [Lead("htx", SINCE, at(59)), Lead("", at(59), at(60)), Lead("binance", at(60), NOON)]


def test_a_failover_is_one_switch() -> None:
    """F-25: an instrument that moved a moment before its feed did, the same way, is not told twice; others are."""
    move = switch("htx", "okx", 60)

    def of_one(seconds: float, to_venue: str = "okx") -> Switch:
        return Switch("htx", to_venue, "silent", move.at - timedelta(seconds=seconds), instrument="BTC-USDT")

    others = [of_one(60), of_one(0.1, "kraken"), of_one(-1)]
    assert joined([move, of_one(0.03), of_one(0), *others]) == [move, *others]


def test_without_a_switch_only_the_leader_is_known() -> None:
    """Nobody claims to know who led before, nor that anybody does while no worker reports."""
    assert leads([], Source("htx", "", "", at(300)), SINCE, NOON) == [Lead("htx", at(300), NOON)]


def test_while_nobody_delivers_nobody_leads() -> None:
    """E32: the strip ends with the moment in which the last one was left."""
    told = leads([switch("okx", "htx", 60)], Source("", "", "", at(350)), SINCE, NOON)
    assert told == [Lead("okx", SINCE, at(60)), Lead("htx", at(60), at(350)), Lead("", at(350), NOON)]


def test_time_in_which_no_worker_ran_has_no_leader() -> None:
    """F-25: what goes on on both sides of it is not claimed in between; the last minutes may not be written yet."""
    minutes = [at(minute) for minute in (*range(60), *range(300, 358))]
    told = watched_only([Lead("htx", SINCE, at(30)), Lead("okx", at(30), NOON)], minutes, NOON)
    assert told == [Lead("htx", SINCE, at(30)), Lead("okx", at(30), at(60)), Lead("okx", at(300), NOON)]
    assert watched_only([Lead("okx", SINCE, NOON)], [], NOON) == []


def test_lanes_say_in_numbers_what_they_draw() -> None:
    """The newest leader first, nobody last; the shortest moment is seen, too."""
    told = [Lead("htx", SINCE, at(180)), Lead("", at(180), at(180.1)), Lead("binance", at(180.1), NOON)]
    found = lanes(Leads(since_at=SINCE, until_at=NOON, leads=told), {"binance": "Binance", "htx": "HTX"})
    assert [(lane.name, lane.percent) for lane in found] == [("Binance", 50), ("HTX", 50), ("", 0)]
    assert [lane.bars for lane in found] == [[Bar(500, 500)], [Bar(0, 500)], [Bar(500, 2)]]


@pytest.mark.django_db
def test_leads_are_read_in_three_queries(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    """However many there are: those of the last hours, the one before, and the minutes that were watched."""
    feed = shown_feed("main")
    assert feed is not None
    UptimeMinute.objects.bulk_create(
        UptimeMinute(subject="feed:main", minute_at=at(minute), known=60, good=60) for minute in range(360)
    )
    for minutes in (-90, -60, 30, 60):
        FailoverEvent.objects.create(
            feed=Feed.objects.get(name="main"),
            from_venue_id="htx",
            to_venue_id="okx",
            reason="silent",
            started_at=at(minutes),
            finished_at=at(minutes),
            last_price_age=0.0,
        )
    with django_assert_num_queries(3):
        told = read_leads(feed, Source("okx", "", "", at(60)), NOON)
    assert [lead.since_at for lead in told.leads] == [SINCE, at(30), at(60)]
