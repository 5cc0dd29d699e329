"""What an admin may ask of a venue: more care, never less."""

import pytest

from feeds import terms
from feeds.pace import Rate
from feeds.venues import REGISTRY


@pytest.mark.parametrize(("wanted", "used"), [(None, Rate(300, 300.0)), (20, Rate(20, 300.0)), (301, Rate(300, 300.0))])
def test_published_limit_is_the_most(wanted: int | None, used: Rate) -> None:
    """E6: whatever the row says, a venue is never asked for more than it allows."""
    assert terms.rate(wanted, REGISTRY["binance"].connects) == used


def test_objection_to_a_limit_says_the_number_and_its_window() -> None:
    """F-01: so that a correct one can be typed."""
    published = REGISTRY["binance"].messages
    assert terms.rate_objection(6, published, "Binance") == "Binance allows 5 in 1 s; ask for as many or fewer."
    assert terms.rate_objection(5, published, "Binance") == terms.rate_objection(None, published, "Binance") == ""


@pytest.mark.parametrize(
    ("code", "wanted", "used"),
    [
        ("okx", None, 20.0),
        ("okx", 15.0, 15.0),
        ("okx", 60.0, 20.0),
        ("htx", None, None),
        ("htx", 15.0, None),
        ("kucoin", 15.0, 30.0),
    ],
)
def test_venue_is_pinged_at_least_as_often_as_it_wants(code: str, wanted: float | None, used: float | None) -> None:
    """F-07: seldom pings would cost the connection, pings to who pings by itself say nothing."""
    assert terms.ping_every(wanted, REGISTRY[code]) == used


@pytest.mark.parametrize(
    ("code", "wanted", "told"),
    [
        ("okx", None, ""),
        ("okx", 10.0, ""),
        ("okx", 20.0, ""),
        ("okx", 9.9, "OKX wants a ping every 10 to 20 s."),
        ("okx", 20.1, "OKX wants a ping every 10 to 20 s."),
        ("okx", float("nan"), "OKX wants a ping every 10 to 20 s."),
        ("htx", 15.0, "Leave it empty: HTX decides how often."),
        ("htx", None, ""),
        ("kucoin", 15.0, "Leave it empty: KuCoin decides how often."),
    ],
)
def test_objection_to_a_ping_says_what_the_venue_wants(code: str, wanted: float | None, told: str) -> None:
    """F-07: never beyond 30 s, so that a line that swallows pongs is left within 40 s."""
    assert terms.ping_objection(wanted, REGISTRY[code]) == told
