"""The screen of the terminal: six blocks at any size, and never an old answer that looks live."""

from datetime import timedelta

import msgspec
import pytest

from dashboard.system.metrics import Operations
from dashboard.terminal import words
from dashboard.terminal.answers import Answers
from tests.dashboard.terminal.samples import ANSWERS, HEALTH, LIVE, METRICS, NOON, REDIS, UNASKED, drawn, text

SIZES = [(80, 24), (100, 30), (120, 30), (200, 50)]
TITLES = ("Status", "Price", "Redis", "WebSocket", "Performance", "Uptime")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_six_blocks_fit(width: int, height: int) -> None:
    """L-16: overall status, price and age, both Redis servers, WebSocket, performance, uptime and reconnections."""
    lines = drawn(LIVE, NOON, width, height)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    told = "\n".join(lines)
    for title in TITLES:
        assert f"─ {title}" in told
    for word in ("HEALTHY", "97,123.45 ", "0 s, fresh", "Binance", "frozen", "up, 0.4 ms, active", "connected"):
        assert word in told
    for word in ("35.2/80.4/121", "1.2/3.4/5.6", "redis 99.8 %", "1 h 2 min", "reconnects 7"):
        assert word in told


def test_much_room_is_used_for_the_venues() -> None:
    """L-16: at 200x50 each venue has a line; at 80x24 there is no room for them."""
    assert "Kraken" not in text(LIVE, NOON)
    kraken = next(line for line in drawn(LIVE, NOON, 200, 50) if "Kraken" in line)
    assert "59,900" in kraken
    assert next(line for line in drawn(LIVE, NOON, 200, 50) if "HTX" in line).count("disconnected") == 1


def test_whose_price_is_shown_comes_first() -> None:
    """Then the venues that deliver, then the others."""
    table = text(LIVE, NOON, 200, 50).split("Limit used")[1]
    places = [table.index(name) for name in ("Binance", "Kraken", "HTX")]
    assert places == sorted(places)


def test_operations_keep_their_places() -> None:
    """L-16: whichever of them fails more often now, nothing jumps."""
    told = []
    for redis, database in ((0.9, 0.8), (0.8, 0.9)):
        rates = {"redis": Operations(10, 1, redis), "database": Operations(10, 1, database)}
        metrics = msgspec.structs.replace(METRICS, operations=rates)
        screen = text(UNASKED.after_answer(msgspec.structs.replace(ANSWERS, metrics=metrics), NOON), NOON, 200, 50)
        told.append(screen.index("database") < screen.index("redis "))
    assert told == [True, True]


def test_what_is_rejected_is_no_share_of_the_trades() -> None:
    """L-16, F-21: quotes and frames are rejected too."""
    told = text(LIVE, NOON, 200, 50)
    assert "rejected   17 of any kind" in told
    assert "in all     120,000 trades" in told


def test_figures_read_well() -> None:
    """A dash is what nobody knows; nothing is rounded to more than it is; sums are short."""
    assert [words.duration(each) for each in (None, -1, 59.9, 61, 3_700, 90_000)] == [
        *("-", "0 s", "59 s", "1 min 1 s", "1 h 1 min", "1 d 1 h")
    ]
    assert [words.percent(each) for each in (None, 1.0, 0.999_999_9, 0.5)] == ["-", "100 %", "99.999 %", "50 %"]
    assert [words.size(each) for each in (None, 0, 5 * 1024**3)] == ["-", "0.0 MB", "5.0 GB"]
    assert [words.price(each) for each in ("64000.00", "0.00001230", "no price")] == ["64,000", "0.0000123", "no price"]


def test_ages_count_up_between_two_answers() -> None:
    """D-08: what was 0.4 s old when it was told is stale five seconds later, though nobody said so."""
    assert "0 s, fresh" in text(LIVE, NOON)
    assert "4 s, fresh" in text(LIVE, NOON + timedelta(seconds=4))
    assert "5 s, STALE" in text(LIVE, NOON + timedelta(seconds=5))


def test_dead_site_is_unreachable_and_asked_again() -> None:
    """L-16: since when, why, what it was, and when it is tried again; the rest is what was known, with its age."""
    lost_at = NOON + timedelta(seconds=5)
    now = NOON + timedelta(seconds=12, milliseconds=500)
    told = text(LIVE.after_failure("connection refused", lost_at).after_failure("no route", now), now)
    for said in (
        "UNREACHABLE for 7 s",
        "no route",
        "12:00:05 UTC",
        "healthy, 12 s ago",
        "12 s, STALE",
        "Asks again in 5 s",
    ):
        assert said in told
    assert "HEALTHY" not in told


def test_old_answer_never_looks_live() -> None:
    """A price is not fresh from a moment on in which its site is gone, and every block says how old it is."""
    lost = LIVE.after_failure("connection refused", NOON + timedelta(seconds=1))
    told = text(lost, NOON + timedelta(seconds=1))
    assert "fresh" not in told
    assert "1 s, STALE" in told
    for title in TITLES[1:4]:
        assert f"─ {title}, 1 s ago" in told


def test_answer_that_is_late_is_no_live_one() -> None:
    """A site that neither answers nor fails looks like a dead one three seconds after its answer was due."""
    assert "UNREACHABLE" not in text(LIVE, NOON + timedelta(seconds=8))
    assert "UNREACHABLE for 9 s" in text(LIVE, NOON + timedelta(seconds=9))
    assert "UNREACHABLE for 9 s" in text(UNASKED, NOON + timedelta(seconds=9))


def test_site_that_is_back_is_live_again() -> None:
    """One answer is enough."""
    back = LIVE.after_failure("connection refused", NOON).after_answer(ANSWERS, NOON + timedelta(seconds=9))
    assert "UNREACHABLE" not in text(back, NOON + timedelta(seconds=9))


def test_strangers_are_told_how_to_get_more() -> None:
    """Without a token the status is shown, and what gives the rest."""
    stranger = Answers("degraded", refusals={"metrics": "a token is needed"})
    told = text(UNASKED.after_answer(stranger, NOON), NOON, has_token=False)
    assert "DEGRADED" in told
    assert told.count("only told to who shows a token") == 5
    assert "--token-file FILE" in told
    refused = text(UNASKED.after_answer(stranger, NOON), NOON)
    assert "The token is not taken: a token is needed" in refused


def test_reasons_are_folded_and_what_is_left_out_is_counted() -> None:
    """At 80x24 a block has five lines; none is lost in silence."""
    why = [f"redis number {number}: it does not answer, so nothing is written there" for number in range(3)]
    many = msgspec.structs.replace(ANSWERS, health=msgspec.structs.replace(HEALTH, reasons=why))
    told = text(UNASKED.after_answer(many, NOON), NOON)
    assert "it does not answer" in told
    assert "... 3 more" in told


def test_site_without_failover_or_price_says_so() -> None:
    """A fresh site on one Redis server: dashes and words, no zeros."""
    fresh = msgspec.structs.replace(
        ANSWERS,
        health=msgspec.structs.replace(HEALTH, last_price=None, last_price_age_s=None, active_exchange=""),
        redis=msgspec.structs.replace(REDIS, failover=None, last_switch=None),
        metrics=msgspec.structs.replace(METRICS, processing_ms={}, last_update_at=None),
    )
    told = text(UNASKED.after_answer(fresh, NOON), NOON)
    assert "no price yet" in told
    assert "there is none" in told
    assert "None" not in told


def test_nothing_that_a_site_says_moves_the_cursor() -> None:
    """S9: what others named, a venue or a reason, is printed escaped."""
    health = msgspec.structs.replace(HEALTH, reasons=["\x1b[2J gone"], last_price="1\x1b[31m")
    told = text(UNASKED.after_answer(msgspec.structs.replace(ANSWERS, health=health), NOON), NOON)
    assert "\x1b" not in told
    assert "x1b[2J gone" in told
