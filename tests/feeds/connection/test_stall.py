"""When a session counts as dead. Times are plain seconds."""

import pytest

from feeds.connection.stall import SessionTiming, Vigil
from feeds.errors import NotAcknowledged, PongMissing, Silent

BTC = "BTCUSDT"


def watch(requests: dict[str, str] | None = None, symbols: set[str] | None = None, **timing: float | None) -> Vigil:
    return Vigil(SessionTiming(**timing), 100.0, symbols or {BTC}, requests or {})  # type: ignore[arg-type]


def test_silence_is_counted_from_the_connection() -> None:
    """E9: a first message that never comes is silence too."""
    vigil = watch()
    assert vigil.overdue(102.9) is None
    assert isinstance(vigil.overdue(103.0), Silent)


def test_data_puts_silence_off() -> None:
    """E7: three seconds after the last data, whenever that was."""
    vigil = watch()
    vigil.data_came(150.0, BTC)
    assert vigil.overdue(152.9) is None
    assert isinstance(vigil.overdue(153.0), Silent)


def test_pongs_and_acknowledgements_are_no_data() -> None:
    """E7 E8: a peer that only answers pings is as silent as one that does not."""
    vigil = watch({"1": BTC})
    vigil.ping_sent(101.0)
    vigil.pong_came()
    vigil.acknowledged("1")
    assert isinstance(vigil.overdue(103.0), Silent)


def test_connected_takes_all_acknowledgements_and_data() -> None:
    """E19: neither is enough without the other."""
    vigil = watch({"trades": BTC, "quotes": BTC})
    vigil.data_came(100.1, BTC)
    vigil.acknowledged("trades")
    assert not vigil.is_connected
    vigil.acknowledged("quotes")
    assert vigil.is_connected
    assert not watch().is_connected


def test_missing_acknowledgement_ends_a_session_that_has_data() -> None:
    """E19: five seconds, and the error names what was not answered."""
    vigil = watch({"quotes": BTC})
    vigil.data_came(104.9, BTC)
    assert vigil.overdue(104.9) is None
    error = vigil.overdue(105.0)
    assert isinstance(error, NotAcknowledged)
    assert "quotes" in str(error)


def test_missing_pong_ends_a_session_that_has_data() -> None:
    """F-07: a ping after 30 s, ten more for the pong: 40 s at the latest."""
    vigil = watch()
    assert not vigil.is_ping_due(129.9)
    assert vigil.is_ping_due(130.0)
    vigil.ping_sent(130.0)
    vigil.data_came(139.9, BTC)
    assert vigil.overdue(139.9) is None
    assert isinstance(vigil.overdue(140.0), PongMissing)


def test_pong_in_time_puts_the_next_ping_off() -> None:
    """F-07: the next ping is due 30 s after the last one."""
    vigil = watch()
    vigil.ping_sent(130.0)
    vigil.pong_came()
    vigil.data_came(159.0, BTC)
    assert vigil.overdue(160.0) is None
    assert vigil.is_ping_due(160.0)


def test_venue_that_pings_itself_is_never_pinged() -> None:
    """F-07: the interval is the venue's; HTX has none."""
    assert not watch(ping_every=None).is_ping_due(1e9)


@pytest.mark.parametrize(
    ("requests", "data_at", "ping_at", "due"),
    [({}, 100.0, None, 103.0), ({"1": BTC}, 104.0, None, 105.0), ({}, 128.0, None, 130.0), ({}, 138.0, 130, 140.0)],
)
def test_next_check_is_the_first_thing_due(
    requests: dict[str, str], data_at: float, ping_at: float | None, due: float
) -> None:
    """Nobody polls: the guard sleeps exactly until silence, acknowledgement, ping or pong is due."""
    vigil = watch(requests)
    vigil.data_came(data_at, BTC)
    if ping_at is not None:
        vigil.ping_sent(ping_at)
    assert vigil.next_check() == due


def test_symbol_without_an_answer_is_given_up_alone() -> None:
    """E19: five seconds after the last request; the others are still to be had."""
    vigil = watch({"1": BTC, "2": "ETHUSDT"}, {BTC, "ETHUSDT"})
    vigil.asked(101.0)
    vigil.acknowledged("1")
    vigil.data_came(105.9, BTC)
    assert vigil.missing(105.9) == []
    (missing,) = vigil.missing(106.0)
    assert missing.symbol == "ETHUSDT"
    vigil.forget(missing.symbol)
    assert vigil.is_connected
    assert vigil.overdue(106.0) is None


def test_symbol_that_is_never_seen_is_given_up_alone() -> None:
    """E8 E19: acknowledged, and then nothing for 15 s while another one delivers."""
    vigil = watch({}, {BTC, "ETHUSDT"})
    vigil.data_came(114.9, BTC)
    assert vigil.next_check() == 115.0
    (missing,) = vigil.missing(115.0)
    assert (missing.symbol, "no data for 15 s" in str(missing)) == ("ETHUSDT", True)
    vigil.forget("ETHUSDT")
    assert vigil.missing(200.0) == []


def test_all_symbols_without_an_answer_are_the_end_of_the_session() -> None:
    """E19: then nothing is left to go on for."""
    vigil = watch({"1": BTC, "2": "ETHUSDT"}, {BTC, "ETHUSDT"})
    vigil.data_came(104.9, BTC)
    assert vigil.missing(105.0) == []
    assert isinstance(vigil.overdue(105.0), NotAcknowledged)


def test_data_that_nobody_asked_for_is_no_data() -> None:
    """E8 E20: other symbols prove nothing about ours."""
    vigil = watch()
    vigil.data_came(102.0, "DOGEUSDT")
    assert not vigil.has_data
    assert isinstance(vigil.overdue(103.0), Silent)
