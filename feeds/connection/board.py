"""What a feed shows: the newest price per instrument and the state of each venue, as fenced, versioned values."""

from collections import defaultdict
from collections.abc import Iterable
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
AT_REST: Final = ("idle", "disconnected", "blocked", "disabled")
_MILLISECOND: Final = timedelta(milliseconds=1)


class Board:
    """Collects changes; `take` hands out what changed since the last time."""

    def __init__(self, feed: str, fence: int, clock: Clock) -> None:
        self._feed = feed
        self._fence = fence
        self._clock = clock
        self._version = 0
        self._prices: dict[str, latest.PriceState] = {}
        self._changed: set[str] = set()
        self._venues: dict[str, latest.VenueState] = {}
        self._lags: dict[str, timedelta] = {}
        self._skews: dict[str, Skew] = defaultdict(Skew)
        self._active = self._leading = ""
        self._lost: dict[str, frozenset[str]] = {}
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

    def enter(
        self,
        code: str,
        state: str,
        reason: str,
        now: datetime,
        retry_at: datetime | None = None,
        attempts: int = 0,
        *,
        is_leading: bool = True,
    ) -> None:
        """A venue enters a state; the connected one of the leading line is the active one.

        A detour that ends late says nothing of a venue that the leading line has come to meanwhile.
        """
        if not is_leading and code == self._leading:
            return
        self._change(code, state=state, reason=reason, since_at=now, retry_at=retry_at, attempts=attempts)
        if is_leading:
            self._leading = code if state in ("connecting", "connected") else ""
            self._active = code if state == "connected" else ""
        self._venues_due = 0.0

    def lose(self, code: str, instruments: Iterable[str]) -> None:
        """In this session the venue refuses just these: should they come all the same, they are not shown."""
        self._lost[code] = frozenset(instruments)

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
        """Shows a trade. Which of them may be shown is decided before."""
        if trade.instrument in self._lost.get(trade.venue, ()):
            return
        seen_at = self._see(trade.venue, trade.traded_at, trade.received_at)
        shown = self._prices.get(trade.instrument)
        if shown is not None and shown.venue != trade.venue:
            shown = None
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
                seen_at=max(seen_at, shown.seen_at) if shown else seen_at,
                bid=shown.bid if shown else None,
                ask=shown.ask if shown else None,
            )
        )

    def quote(self, code: str, instrument: str, quote: Quote, received_at: datetime) -> None:
        """Best bid and ask beside the price of the same venue: they prove that the price still stands."""
        if instrument in self._lost.get(code, ()):
            return
        told_at = quote.quoted_at or received_at - self._lags.get(code, timedelta())
        seen_at = self._see(code, told_at, received_at)
        shown = self._prices.get(instrument)
        if shown is not None and shown.venue == code:
            seen_at = max(seen_at, shown.seen_at)
            self._put(msgspec.structs.replace(shown, bid=quote.bid, ask=quote.ask, seen_at=seen_at))

    def seen_at(self, code: str) -> datetime | None:
        return self._venues[code].seen_at if code in self._venues else None

    def take(self) -> dict[str, latest.PriceState | latest.FeedState]:
        """The states that changed, by key, each with the next version."""
        self._version += 1
        states: dict[str, latest.PriceState | latest.FeedState] = {
            latest.price_key(self._feed, code): msgspec.structs.replace(self._prices[code], version=self._version)
            for code in self._changed
        }
        self._changed.clear()
        if self._clock.monotonic() >= self._venues_due:
            self._venues_due = self._clock.monotonic() + VENUES_EVERY_S
            states[latest.feed_key(self._feed)] = self._feed_state()
        return states

    def _feed_state(self) -> latest.FeedState:
        venues = sorted(self._venues.values(), key=lambda venue: (venue.priority, venue.venue))
        told = [msgspec.structs.replace(venue, skew_ms=self._skew_ms(venue.venue)) for venue in venues]
        return latest.FeedState(self._fence, self._version, self._feed, self._active, told)

    def _skew_ms(self, code: str) -> int | None:
        skew = self._skews[code].median(self._clock.monotonic())
        return None if skew is None else round(skew / _MILLISECOND)

    def _put(self, state: latest.PriceState) -> None:
        self._prices[state.instrument] = state
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


def _one_more(counts: dict[str, int], reason: str) -> dict[str, int]:
    return {**counts, reason: counts.get(reason, 0) + 1}
