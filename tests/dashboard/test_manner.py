"""B-19: numbers and times as their reader wants them."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils.translation import get_language

from dashboard import manner
from dashboard.accounts.figures import distance, plain, pnl, signed_percent
from dashboard.manner import Manner, used
from dashboard.reading import Reading
from dashboard.templatetags.figures import price, utc_title

BERLIN = Manner("de", "continental", "Europe/Berlin")
SUMMER = datetime(2026, 7, 1, 22, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("numbers", "written"),
    [("plain", "1,234,567.50"), ("continental", "1.234.567,50"), ("spaced", "1\u00a0234\u00a0567.50")],
)
def test_a_number_is_written_as_its_reader_wants_it(numbers: str, written: str) -> None:
    """The digits are the same, and none is rounded away."""
    with used(Manner(numbers=numbers)):
        assert price("1234567.5") == written
        assert plain(Decimal("-0.00000001")) == "-0" + written[-3] + "00000001"


def test_words_around_a_number_stay_as_they_are() -> None:
    """Only what is a number is written anew."""
    with used(BERLIN):
        assert pnl(Decimal("1234.5"), Decimal("0.45"), "USDT") == "+1.234,50 USDT (+0,45%)"
        assert distance(Decimal("4.21"), Decimal("7.3")) == "4,21% entfernt, 7,3 ATR"
        assert signed_percent(None) == "–"


def test_a_time_is_told_by_the_clock_of_its_reader() -> None:
    """With UTC in the tooltip, and the distance from it said once."""
    with used(BERLIN):
        assert manner.time_of_day(SUMMER) == "00:30:05"
        assert utc_title(SUMMER) == "22:30:05 UTC"
        assert manner.zone_name(SUMMER) == "Europe/Berlin (UTC+2)"
    assert (manner.time_of_day(SUMMER), utc_title(SUMMER), manner.zone_name(SUMMER)) == ("22:30:05", "", "UTC")
    with used(Manner(zone="America/St_Johns")):
        assert manner.zone_name(SUMMER) == "America/St_Johns (UTC-2:30)"


async def test_two_tasks_read_each_in_their_manner(db: None) -> None:
    """Also what they read of the database, in a thread."""

    async def read(how: Manner) -> tuple[str, str]:
        with used(how):
            reading: Reading[tuple[str, str]] = Reading("numbers")
            await asyncio.sleep(0)
            reading.begin(lambda: (price("1234.5"), get_language()))
            await reading.wait()
            return reading.take() or ("", "")

    german, plain_english = await asyncio.gather(read(BERLIN), read(Manner()))
    assert (german, plain_english) == (("1.234,50", "de"), ("1,234.50", "en"))
    assert manner.active() == Manner()
