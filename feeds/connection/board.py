"""What a feed shows, as fenced and versioned values: its prices, its venues, its last switches, its alerts."""

from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from feeds.clock import Clock
from feeds.connection.condition import Condition
from feeds.connection.prices import PASSPORT_EVERY_S, Price, Prices
from feeds.market.latency import LOG, Latency
from feeds.queries import FeedPlan
from feeds.storage import keys, latest
from feeds.tally import TALLY
from feeds.types import Quote

# Venue ages on the page may be this old; prices are written with every flush.
VENUES_EVERY_S: Final = 0.5
# A price that is older is absent, not shown.
_WRITTEN_FOR: Final = timedelta(seconds=latest.STATE_TTL_S)


class Board:
    """Collects changes; `take` hands out what changed since the last time."""

    def __init__(self, feed: str, fence: int, clock: Clock) -> None:
        self.feed = feed
        self._fence = fence
        self._clock = clock
        self._version = 0
        self._latency = Latency()
        self.venues = Condition(self._latency, clock)
        self._prices = Prices()
        self.instruments: list[str] = []
        self._lead_since_at: datetime | None = None
        self._lead_reason = ""
        self._switches: deque[latest.Switch] = deque(maxlen=latest.SWITCHES_SHOWN)
        self._alerts: dict[tuple[str, str], latest.AlertState] = {}
        self._venues_due = self._passports_due = 0.0

    def follow(self, plan: FeedPlan, now: datetime) -> None:
        """Takes over names, priorities and switches; forgets venues that are gone."""
        self.venues.follow(plan, now)
        self.instruments = sorted({code for venue in plan.venues for code in venue.instruments.values()})
        self._prices.keep([venue.code for venue in plan.venues], self.instruments)
        self._venues_due = 0.0

    def remember(self, switches: list[latest.Switch]) -> None:
        """The last switches of before, newest first."""
        self._switches.extend(switches)

    # What the supervisor decides.

    def enter(
        self,
        code: str,
        state: str,
        reason: str,
        now: datetime,
        retry_at: datetime | None = None,
        attempts: int = 0,
    ) -> None:
        """A venue enters a state."""
        self.venues.enter(code, state, reason, now, retry_at, attempts)
        self._venues_due = 0.0

    def turn(self, code: str, circuit: str) -> None:
        """A venue's circuit opens, closes, or is tried."""
        self.venues.turn(code, circuit)
        self._prices.bar(code, "its circuit is open" if circuit == "open" else "")
        self._venues_due = 0.0

    def lead(self, code: str, reason: str, now: datetime) -> None:
        """From now on prices are this venue's. While there is none, the last ones stay, and age."""
        self._lead_reason, self._lead_since_at = reason, now
        self._prices.follow(code)
        self._venues_due = 0.0

    def divert(self, instrument: str, code: str) -> None:
        """The price of one instrument is this venue's."""
        self._prices.divert(instrument, code)
        self._venues_due = 0.0

    def switch(self, switch: latest.Switch) -> None:
        """The price moved, for people to see."""
        self._switches.appendleft(switch)
        self._venues_due = 0.0

    def alert(self, alert: latest.AlertState) -> None:
        self._alerts[alert.kind, alert.subject] = alert
        self._venues_due = 0.0

    def clear(self, kind: str, subject: str) -> None:
        self._alerts.pop((kind, subject), None)
        self._venues_due = 0.0

    # What comes.

    def trade(self, trade: latest.LoggedTrade) -> None:
        """The newest trade of a venue. Which of them may be shown is decided before."""
        self._prices.trade(trade, self._clock.monotonic())

    def release(self, trade: latest.LoggedTrade) -> None:
        """A trade that was held is believed."""
        self._prices.release(trade, self._clock.monotonic())

    def quote(self, code: str, instrument: str, quote: Quote, received_at: datetime) -> bool:
        """Best bid and ask beside the price of the same venue; whether they say that it still stands."""
        return self._prices.quote(code, instrument, quote, received_at, self._clock.monotonic())

    def miss(self, code: str, instrument: str, gap_at: datetime, seconds: float) -> None:
        """Data of a venue were missing from this time on, for so many seconds."""
        self._prices.miss(code, instrument, gap_at, seconds, self._clock.monotonic())

    def fill(self, code: str, instrument: str, until: datetime) -> None:
        """Those from before this time are there after all."""
        self._prices.fill(code, instrument, until)

    def note_written(self, code: str, received_at: datetime) -> None:
        """A trade of a venue is acknowledged by Redis; it came then."""
        self.took(LOG, code, (self._clock.now() - received_at) / timedelta(milliseconds=1))

    def took(self, hop: str, code: str, ms: float) -> None:
        """Data of a venue took so long over a hop."""
        self._latency.note(hop, code, ms, self._clock.monotonic())
        TALLY.took(hop, ms)

    # What is read.

    @property
    def leader(self) -> str:
        """The venue whose prices are shown; "" while none delivers."""
        return self._prices.lead

    def source(self, instrument: str) -> str:
        """The venue whose price of this instrument is shown; "" while none delivers."""
        return self._prices.source(instrument)

    def price(self, code: str, instrument: str) -> Decimal | None:
        """The last price of a venue; None while it has told none."""
        return self._prices.price(code, instrument)

    def shown(self, instrument: str) -> Price | None:
        """What is shown of an instrument; None while its venue has told no price."""
        return self._prices.shown(instrument)

    def passport(self, instrument: str) -> latest.Passport | None:
        """How far the shown price may be trusted now; None while no venue was heard lately."""
        return self._prices.passport(instrument, self._clock.monotonic())

    def seen_at(self, code: str) -> datetime | None:
        """When a venue last said anything, by its clock and never later than ours."""
        return self._prices.seen_at(code)

    def take(self) -> dict[str, latest.PriceState | latest.FeedState]:
        """The states that changed, by key, each with the next version."""
        self._version += 1
        now = self._clock.monotonic()
        if now >= self._passports_due:
            self._passports_due = now + PASSPORT_EVERY_S
            self._prices.changed.update(self.instruments)
        states: dict[str, latest.PriceState | latest.FeedState] = {}
        for instrument in self._prices.changed:
            state = self._prices.state(instrument, self.feed, self._fence, self._version, now)
            if state is not None and self._clock.now() - state.seen_at < _WRITTEN_FOR:
                states[keys.price(self.feed, instrument)] = state
        self._prices.changed.clear()
        if now >= self._venues_due:
            self._venues_due = now + VENUES_EVERY_S
            states[keys.feed(self.feed)] = self._feed_state()
        return states

    def _feed_state(self) -> latest.FeedState:
        return latest.FeedState(
            fence=self._fence,
            version=self._version,
            feed=self.feed,
            active=self._prices.lead,
            venues=self.venues.states({code: self.seen_at(code) for code in self.venues.codes()}),
            active_since_at=self._lead_since_at,
            active_reason=self._lead_reason,
            diverted=dict(self._prices.diverted),
            switches=list(self._switches),
            alerts=list(self._alerts.values()),
        )
