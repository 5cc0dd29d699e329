"""What workers say of accounts, in the reader's language."""

import re
from datetime import timedelta

import pytest
from django.utils import translation

from dashboard.accounts.spoken import WHOLE, WITH_GAPS, spoken
from feeds.errors import ClosedByVenue, HandshakeRefused
from positions.board.freshness import FIRST_WITHIN, Freshness
from positions.board.tally import Tally
from positions.connection.cadence import What
from positions.errors import ErrorType
from positions.keys.verdict import ending_soon
from positions.venues.bitget_codes import refusal
from tests.dashboard.accounts.samples import NOON

SECOND = timedelta(seconds=1)


def alarms() -> list[str]:
    tally = Tally()
    for second in range(6):
        for kind in ErrorType:
            tally.failed(kind, str(refusal("45001")), NOON + second * SECOND)
    return list(tally.alarms(NOON + 6 * SECOND).values())


def overdue() -> str:
    freshness = Freshness(NOON)
    freshness.connected(NOON)
    freshness.unchecked(What.POSITIONS, str(refusal("45001")))
    return freshness.overdue(NOON + 2 * FIRST_WITHIN)


SAID = (
    *alarms(),
    overdue(),
    ending_soon(NOON + timedelta(days=3), NOON),
    ending_soon(NOON, NOON),
    str(ClosedByVenue(1001, "going away")),
    str(HandshakeRefused(503)),
    str(refusal("99999")),
    f"maximum reconnection attempts reached: {refusal('30005')} (skew -40 ms)",
    "our clock is 6.2 s behind BitGet's; what we sign is corrected",
    "85% of what BitGet's REST allows is in use",
)


@pytest.mark.parametrize("text", [*SAID, *WHOLE, *WITH_GAPS, "", "whatever; 100 % new: (to us)", "%(reason)s %s"])
def test_in_english_every_character_stays(text: str) -> None:
    """F-25: known or not, with gaps or without."""
    assert spoken(text) == text


@pytest.mark.parametrize("text", SAID)
def test_what_workers_say_is_known(text: str) -> None:
    """F-25: what the code says today is a sentence that is translated, as are those within."""
    assert any(
        re.fullmatch(re.sub(r"%\\\(\w+\\\)s", ".+", re.escape(sentence)), text, re.DOTALL) for sentence in WITH_GAPS
    )


def test_a_sentence_within_another_is_translated_too() -> None:
    """F-25: the reason, of several questions each."""
    with translation.override("de"):
        reason = spoken("passphrase refused")
        assert reason != "passphrase refused"
        told = spoken("REST does not tell positions: passphrase refused; REST does not tell orders: passphrase refused")
    assert told.count(reason) == 2
