"""What workers say of accounts, in the reader's language. Pure: their English sentences go in.

A sentence is known as a whole, or as one with gaps, in which there may be other sentences. What is not known is told as
it was said. The words of the venue's refusals are marked for translators where they are (bitget_codes.py).
"""

import re
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext, gettext_noop

# As they are said elsewhere, without gaps.
WHOLE: Final = (
    gettext_noop("a worker begins to follow the account"),
    gettext_noop("no worker follows the account"),
    gettext_noop("there are many fills: the older ones are still being read"),
    gettext_noop("the venue refused with no code"),
    gettext_noop("the line was cut without a word"),
    gettext_noop("the venue's address was not found: is there a network?"),
    gettext_noop("no answer"),
    gettext_noop("positions"),
    gettext_noop("orders"),
    gettext_noop("balances"),
    gettext_noop("take-profit"),
    gettext_noop("stop-loss"),
)
# What is around a sentence comes before what may be in it.
WITH_GAPS: Final = (
    gettext_noop("maximum reconnection attempts reached: %(reason)s"),
    gettext_noop("BitGet's REST was not reached %(count)s times in a row: %(reason)s"),
    gettext_noop("what BitGet tells made no sense %(count)s times in a row: %(reason)s"),
    gettext_noop("BitGet's REST refused an answer %(count)s times in a row: %(reason)s"),
    gettext_noop("the last fills are not known: %(reason)s"),
    gettext_noop("the venue could not be asked: %(reason)s"),
    gettext_noop("REST does not tell %(what)s: %(reason)s"),
    gettext_noop("its answer makes no sense (%(reason)s)"),
    gettext_noop("%(share)s of what BitGet's REST allows is in use"),
    gettext_noop("our clock is %(seconds)s s behind BitGet's; what we sign is corrected"),
    gettext_noop("our clock is %(seconds)s s ahead of BitGet's; what we sign is corrected"),
    gettext_noop("This key ended on %(date)s. Make a new one."),
    gettext_noop("This key ends on %(date)s. Make a new one before."),
    gettext_noop("%(position)s: the mark price is beyond the %(target)s at %(price)s, and the order is still there"),
    gettext_noop("the venue refused with the code %(code)s, which we do not know"),
    gettext_noop("the venue answered the handshake with HTTP %(status)s"),
    gettext_noop("the venue closed the session with %(code)s"),
    gettext_noop("no answer to the login for %(seconds)s s"),
    gettext_noop("no pong for %(seconds)s s"),
    gettext_noop("%(reason)s (skew %(ms)s ms)"),
)
_GAP: Final = re.compile(r"%\\\((\w+)\\\)s|%\((\w+)\)s")
_BETWEEN: Final = "; "


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(_GAP.sub(r"(?P<\1\2>.+?)", re.escape(sentence)), re.DOTALL)


_PATTERNS: Final = {sentence: _pattern(sentence) for sentence in WITH_GAPS}


def spoken(text: str) -> str:
    """Several sentences are told one by one."""
    if not text:
        return ""
    told = gettext(text)
    return told if told != text else next(_filled(text), None) or _one_by_one(text)


def _filled(text: str) -> Iterator[str]:
    """The sentences with gaps that it may be, with what is in them."""
    for sentence, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(text):
            yield gettext(sentence) % {name: spoken(part) for name, part in found.groupdict().items()}


def _one_by_one(text: str) -> str:
    first, between, others = text.partition(_BETWEEN)
    return f"{spoken(first)}{between}{spoken(others)}" if between else text
