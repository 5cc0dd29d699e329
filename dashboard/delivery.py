"""How late trades reach people: from received to handed to the browsers, and to painted, as some browsers report."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from dashboard.feed.messages import Price
from dashboard.protocol.message import Message
from feeds.clock import Clock
from feeds.market.latency import Latency, Percentiles
from feeds.tally import TALLY

HANDED, PAINTED = "handed", "painted"
# What took longer was not painted late, but in a page that slept.
LONGEST: Final = timedelta(minutes=1)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Delivery:
    """Of one process, over the last minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latency = Latency()
        self._received: dict[tuple[str, str], datetime] = {}

    def handed(self, messages: Iterable[Message]) -> None:
        """These were just handed to the browsers. Only prices of new trades count, and no first one: it may be old."""
        for price in messages:
            if isinstance(price, Price):
                what = (price.feed, price.instrument)
                before = self._received.get(what, price.received_at)
                self._received[what] = price.received_at
                if price.received_at > before:
                    self._note(HANDED, price.received_at)

    def painted(self, received_at: datetime) -> None:
        """A browser says that a price that was received then was just painted. It may say anything."""
        if timedelta() <= self._clock.now() - received_at <= LONGEST:
            self._note(PAINTED, received_at)

    def delays(self) -> dict[str, Percentiles]:
        return self._latency.delays("", self._clock.monotonic())

    def _note(self, hop: str, received_at: datetime) -> None:
        took_ms = (self._clock.now() - received_at) / _MILLISECOND
        self._latency.note(hop, "", took_ms, self._clock.monotonic())
        TALLY.took(hop, took_ms)
