"""What a feed shows: the newest price per instrument and the state of each venue, as fenced, versioned values."""

from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from feeds.clock import Clock
from feeds.market.skew import Skew
from feeds.queries import FeedPlan, VenuePlan
from feeds.storage import latest
from feeds.types import Quote

# Venue ages on the page may be this old; prices are written with every flush.
VENUES_EVERY_S: Final = 0.5
SWITCHES_SHOWN: Final = 10
AT_REST: Final = ("idle", "disconnected", "blocked", "exhausted", "disabled")
_MILLISECOND: Final = timedelta(milliseconds=1)


class Board:
    """Collects changes; `take` hands out what changed since the last time."""

    def __init__(self, feed: str, fence: int, clock: Clock) -> None:
        self._feed = feed
        self._fence = fence
        self._clock = clock
        self._version = 0
        # The newest of every venue and instrument, shown or not: the next venue to lead has its price ready.
        self._prices: dict[tuple[str, str], latest.PriceState] = {}
        self._changed: set[str] = set()
        self._venues: dict[str, latest.VenueState] = {}
        self._lags: dict[str, timedelta] = {}
        self._skews: dict[str, Skew] = defaultdict(Skew)
        self._lead = ""
        self._lead_since_at: datetime | None = None
        self._lead_reason = ""
        self._diverted: dict[str, str] = {}
        self._switches: deque[latest.Switch] = deque(maxlen=SWITCHES_SHOWN)
        self._alerts: dict[tuple[str, str], latest.AlertState] = {}
        self._venues_due = 0.0

    def follow(self, plan: FeedPlan, now: datetime) -> None:
        """Takes over names, priorities and switches; forgets venues that are gone."""
        known = self._venues
        self._venues = {venue.code: self._follow(known.get(venue.code), venue, now) for venue in plan.venues}
        self._venues_due = 0.0

    def _follow(self, state: latest.VenueState | None, venue: VenuePlan, now: datetime) -> latest.VenueState:
        rest = "idle" if venue.is_enabled else "disabled"
        if state is None:
            return latest.VenueState(venue.code, venue.name, venue.priority, rest, venue.refusal, now)
        state = msgspec.structs.replace(state, name=venue.name, priority=venue.priority)
        is_switched = state.state in AT_REST and venue.is_enabled == (state.state == "disabled")
        return msgspec.structs.replace(state, state=rest, reason=venue.refusal) if is_switched else state

    # What the supervisor decides.

    def enter(
        self, code: str, state: str, reason: str, now: datetime, retry_at: datetime | None = None, attempts: int = 0
    ) -> None:
        """A venue enters a state."""
        self._change(code, state=state, reason=reason, since_at=now, retry_at=retry_at, attempts=attempts)
        self._venues_due = 0.0

    def lead(self, code: str, reason: str, now: datetime) -> None:
        """From now on prices are this venue's. While there is none, the last ones stay, and age."""
        self._lead, self._lead_reason, self._lead_since_at = code, reason, now
        if code:
            self._diverted.clear()
            self._changed |= {instrument for _, instrument in self._prices}
        self._venues_due = 0.0

    def divert(self, instrument: str, code: str) -> None:
        """The price of one instrument is this venue's."""
        if code == self._lead:
            self._diverted.pop(instrument, None)
        else:
            self._diverted[instrument] = code
        self._changed.add(instrument)
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

    def source(self, instrument: str) -> str:
        """The venue whose price of this instrument is shown; "" while none delivers."""
        return self._diverted.get(instrument, self._lead)

    # What comes.

    def hear_time(self, code: str, said_at: datetime, received_at: datetime) -> None:
        """A venue told what its clock says, rightly or not."""
        self._skews[code].note(self._clock.monotonic(), said_at, received_at)

    def reject(self, code: str, reason: str) -> None:
        """Counts what was not taken: a frame, a trade or a quote."""
        if code in self._venues:
            self._change(code, rejected=_one_more(self._venues[code].rejected, reason))

    def quarantine(self, code: str, reason: str) -> None:
        """Counts what was taken, but is not shown."""
        if code in self._venues:
            self._change(code, quarantined=_one_more(self._venues[code].quarantined, reason))

    def repeat(self, code: str) -> None:
        """Counts a trade that was taken before: venues repeat the last ones after a subscription."""
        if code in self._venues:
            self._change(code, repeated=self._venues[code].repeated + 1)

    def trade(self, trade: latest.LoggedTrade) -> None:
        """The newest trade of a venue. Which of them may be shown is decided before."""
        seen_at = self._see(trade.venue, trade.traded_at, trade.received_at)
        known = self._prices.get((trade.venue, trade.instrument))
        self._put(
            latest.PriceState(
                fence=self._fence,
                version=0,
                feed=self._feed,
                instrument=trade.instrument,
                venue=trade.venue,
                price=trade.price,
                size=trade.size,
                side=trade.side,
                trade_id=trade.trade_id,
                traded_at=trade.traded_at,
                received_at=trade.received_at,
                seen_at=max(seen_at, known.seen_at) if known else seen_at,
                bid=known.bid if known else None,
                ask=known.ask if known else None,
            )
        )

    def quote(self, code: str, instrument: str, quote: Quote, received_at: datetime) -> None:
        """Best bid and ask beside the price of the same venue: they prove that the price still stands."""
        told_at = quote.quoted_at or received_at - self._lags.get(code, timedelta())
        seen_at = self._see(code, told_at, received_at)
        known = self._prices.get((code, instrument))
        if known is not None:
            seen_at = max(seen_at, known.seen_at)
            self._put(msgspec.structs.replace(known, bid=quote.bid, ask=quote.ask, seen_at=seen_at))

    # What is read.

    def seen_at(self, code: str) -> datetime | None:
        """When a venue last said anything, by its clock and never later than ours."""
        return self._venues[code].seen_at if code in self._venues else None

    def shown(self, instrument: str) -> latest.PriceState | None:
        """What is shown of an instrument; None while its venue has not told a price."""
        return self._prices.get((self.source(instrument), instrument))

    def skews(self) -> Mapping[str, timedelta]:
        """How far the clocks of the venues are ahead of ours, of those that tell a time."""
        now = self._clock.monotonic()
        return {code: skew for code in self._venues if (skew := self._skews[code].median(now)) is not None}

    def take(self) -> dict[str, latest.PriceState | latest.FeedState]:
        """The states that changed, by key, each with the next version."""
        self._version += 1
        states: dict[str, latest.PriceState | latest.FeedState] = {}
        for instrument in self._changed:
            if shown := self.shown(instrument):
                key = latest.price_key(self._feed, instrument)
                states[key] = msgspec.structs.replace(shown, version=self._version)
        self._changed.clear()
        if self._clock.monotonic() >= self._venues_due:
            self._venues_due = self._clock.monotonic() + VENUES_EVERY_S
            states[latest.feed_key(self._feed)] = self._feed_state()
        return states

    def _feed_state(self) -> latest.FeedState:
        venues = sorted(self._venues.values(), key=lambda venue: (venue.priority, venue.venue))
        skews = self.skews()
        return latest.FeedState(
            self._fence,
            self._version,
            self._feed,
            self._lead,
            [msgspec.structs.replace(venue, skew_ms=_milliseconds(skews.get(venue.venue))) for venue in venues],
            self._lead_since_at,
            self._lead_reason,
            dict(self._diverted),
            list(self._switches),
            list(self._alerts.values()),
        )

    def _put(self, state: latest.PriceState) -> None:
        self._prices[state.venue, state.instrument] = state
        if state.venue == self.source(state.instrument):
            self._changed.add(state.instrument)

    def _see(self, code: str, told_at: datetime, received_at: datetime) -> datetime:
        """When what just came was true: by the venue's clock, so that a line that lags looks as old as it is.

        A quote without a time of its own is as late as the venue's last trade was.
        """
        seen_at = min(told_at, received_at)
        newest = max(seen_at, self.seen_at(code) or seen_at)
        self._lags[code] = received_at - newest
        self._change(code, seen_at=newest)
        return seen_at

    def _change(self, code: str, **changes: object) -> None:
        """A venue that was taken out of the plan while it was active is no longer shown."""
        if code in self._venues:
            self._venues[code] = msgspec.structs.replace(self._venues[code], **changes)


def _milliseconds(skew: timedelta | None) -> int | None:
    return None if skew is None else round(skew / _MILLISECOND)


def _one_more(counts: dict[str, int], reason: str) -> dict[str, int]:
    return {**counts, reason: counts.get(reason, 0) + 1}
