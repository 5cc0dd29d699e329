"""What is new of alerts and switches: nothing twice, nothing missed, and the first look is no news."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboard.feed.alerts import Bulletin
from dashboard.feed.messages import Alerts, Feed, Health
from dashboard.feed.parts import AlertEvent, AlertLine, Source, SwitchLine

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WELL = Health(redis="up")
# As many as a feed tells of.
SHOWN = 10


def at(second: int) -> datetime:
    return NOON + timedelta(seconds=second)


def line(kind: str, second: int = 0, text: str = "so it is") -> AlertLine:
    return AlertLine(kind=kind, since_at=at(second), text=text)


def switch(second: int, from_venue: str = "HTX", to_venue: str = "Binance", instrument: str = "") -> SwitchLine:
    return SwitchLine(at(second), instrument, from_venue, to_venue, "HTX went silent", "", "silent")


def feed(alerts: list[AlertLine] | None = None, switches: list[SwitchLine] | None = None) -> Feed:
    return Feed(lead=Source("binance", "", ""), alerts=alerts or [], switches=switches or [])


def begun(shown: Feed) -> Bulletin:
    bulletin = Bulletin()
    bulletin.take(shown, WELL, NOON)
    return bulletin


def told(message: Alerts | None) -> list[tuple[str, str]]:
    return [(event.what, event.kind) for event in message.events] if message else []


def test_the_first_look_is_a_snapshot() -> None:
    """What is so already, and the last switches, in the order in which they happened."""
    message = Bulletin().take(feed([line("policy", 5)], [switch(9), switch(3)]), WELL, at(60))
    assert message == Alerts(
        is_snapshot=True,
        events=[
            AlertEvent("switch", at(3), "switch", "HTX → Binance: HTX went silent"),
            AlertEvent("raised", at(5), "policy", "so it is"),
            AlertEvent("switch", at(9), "switch", "HTX → Binance: HTX went silent"),
        ],
    )


def test_what_is_the_same_is_no_news() -> None:
    """A look at what did not change tells nothing, however often."""
    shown = feed([line("policy")], [switch(3)])
    bulletin = begun(shown)
    assert [bulletin.take(shown, WELL, at(second)) for second in (1, 2)] == [None, None]


def test_several_changes_at_once_are_all_told_and_once() -> None:
    """One alert is over, which comes first; two of a kind are raised at one moment, and the price moved twice."""
    bulletin = begun(feed([line("policy"), line("clock")], [switch(3)]))
    blocked = [line("blocked", 7, "HTX has banned us"), line("blocked", 7, "OKX has banned us")]
    away, back = switch(8, "Binance", ""), switch(9, "", "OKX")
    message = bulletin.take(feed([line("clock"), *blocked], [back, away, switch(3)]), WELL, at(10))
    assert message == Alerts(
        events=[
            AlertEvent("over", at(10), "policy", "so it is"),
            AlertEvent("raised", at(7), "blocked", "HTX has banned us"),
            AlertEvent("raised", at(7), "blocked", "OKX has banned us"),
            AlertEvent("switch", at(8), "switch", "Binance → no venue: HTX went silent"),
            AlertEvent("switch", at(9), "switch", "No venue → OKX: HTX went silent"),
        ]
    )


def test_an_alert_that_is_raised_anew_between_two_looks_is_told_twice() -> None:
    """It was over, and began again later: nobody looked in between."""
    bulletin = begun(feed([line("no_venue", 0)]))
    message = bulletin.take(feed([line("no_venue", 8)]), WELL, at(9))
    assert told(message) == [("over", "no_venue"), ("raised", "no_venue")]


def test_what_is_wrong_below_the_feeds_goes_on_while_it_moves() -> None:
    """Since when history is delayed moves on with what waits: that is no new alert."""
    bulletin = begun(feed())
    delayed = [Health(redis="up", lines=[line("history", second)]) for second in (1, 2)]
    assert told(bulletin.take(feed(), delayed[0], at(3))) == [("raised", "history")]
    assert bulletin.take(feed(), delayed[1], at(4)) is None
    assert told(bulletin.take(feed(), WELL, at(5))) == [("over", "history")]


def test_a_feed_of_which_nobody_reports_says_nothing() -> None:
    """Its alerts are not over; when a worker is back, what changed meanwhile is told, and no switch of before."""
    shown = feed([line("policy")], [switch(3)])
    bulletin = begun(shown)
    assert bulletin.take(None, WELL, at(4)) is None
    assert bulletin.take(shown, WELL, at(5)) is None
    message = bulletin.take(feed([], [switch(6), switch(3)]), WELL, at(7))
    assert told(message) == [("over", "policy"), ("switch", "switch")]


def test_a_feed_that_is_told_of_late_begins_with_a_snapshot() -> None:
    """Whoever joined before a worker was there is told what is so by then."""
    bulletin = Bulletin()
    assert bulletin.take(None, WELL, at(1)) is None
    message = bulletin.take(feed([line("policy")]), WELL, at(2))
    assert message is not None
    assert message.is_snapshot
    assert told(message) == [("raised", "policy")]


@given(st.lists(st.tuples(st.frozensets(st.integers(0, 5)), st.integers(0, 3)), max_size=12))
def test_events_add_up_to_what_is_so(looks: list[tuple[frozenset[int], int]]) -> None:
    """Whoever takes raised and over together has the alerts of the last look; each switch is told exactly once."""
    bulletin, switches, standing, moved = begun(feed()), 0, set[str](), list[datetime]()
    for number, (kinds, added) in enumerate(looks):
        switches += added
        newest = [switch(each) for each in range(switches - 1, -1, -1)][:SHOWN]
        message = bulletin.take(feed([line(str(kind)) for kind in sorted(kinds)], newest), WELL, at(1000 + number))
        for event in message.events if message else []:
            if event.what == "switch":
                moved.append(event.at)
            elif event.what == "raised":
                assert event.kind not in standing
                standing.add(event.kind)
            else:
                standing.remove(event.kind)
        assert standing == {str(kind) for kind in kinds}
    assert moved == [at(second) for second in range(switches)]
