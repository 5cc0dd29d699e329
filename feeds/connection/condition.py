"""How each venue of a feed is doing: its state, what was wrong with its data, its clock, its delays."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from feeds.clock import Clock
from feeds.market.latency import Latency
from feeds.market.skew import Skew
from feeds.queries import FeedPlan, VenuePlan
from feeds.storage.latest import Delay, VenueState
from feeds.tally import ACCEPTED, CONNECTS, QUARANTINED, REJECTED, REPEATED, TALLY

AT_REST: Final = ("idle", "disconnected", "blocked", "exhausted", "disabled")
# What comes so much later than elsewhere is late; of a venue that was not asked for its clock, so much.
LATE: Final = timedelta(seconds=2)
VERY_LATE: Final = timedelta(seconds=5)
LAGS_FOR_S: Final = 5.0
_MILLISECOND: Final = timedelta(milliseconds=1)


class Condition:
    """All venues of the plan. What is told of others is forgotten."""

    def __init__(self, latency: Latency, clock: Clock) -> None:
        self._clock = clock
        self._latency = latency
        self._states: dict[str, VenueState] = {}
        self._skews: dict[str, Skew] = defaultdict(Skew)
        self._rejected: dict[str, Counter[str]] = defaultdict(Counter)
        self._quarantined: dict[str, Counter[str]] = defaultdict(Counter)
        self._repeated: Counter[str] = Counter()
        self._accepted: Counter[str] = Counter()
        self._connects: Counter[str] = Counter()
        # What the venues' own clocks said when they were asked, which knows how long the way is.
        self._offsets: dict[str, timedelta] = {}
        self._lags: dict[str, tuple[float, timedelta]] = {}

    def follow(self, plan: FeedPlan, now: datetime) -> None:
        """Takes over names, priorities and switches; forgets venues that are gone."""
        self._states = {venue.code: self._follow(venue, now) for venue in plan.venues}

    def _follow(self, venue: VenuePlan, now: datetime) -> VenueState:
        rest = "idle" if venue.is_enabled else "disabled"
        if (state := self._states.get(venue.code)) is None:
            state = VenueState(venue.code, venue.name, venue.priority, rest, _why_off(venue), now)
            return msgspec.structs.replace(state, forced_until=venue.circuit_until)
        named = {"name": venue.name, "priority": venue.priority, "forced_until": venue.circuit_until}
        state = msgspec.structs.replace(state, **named)
        if state.state not in AT_REST or (venue.is_enabled and state.state != "disabled"):
            return state
        since_at = state.since_at if state.state == rest else now
        return msgspec.structs.replace(state, state=rest, reason=_why_off(venue), since_at=since_at, retry_at=None)

    def enter(
        self, code: str, state: str, reason: str, now: datetime, retry_at: datetime | None, attempts: int
    ) -> None:
        """A venue enters a state; one that was taken out of the plan is no longer told of."""
        if state == "connecting":
            # What its clock was before says nothing of what it is now.
            self._skews.pop(code, None)
        if code in self._states:
            former = self._states[code]
            if state == "connected" != former.state:
                self._connects[code] += 1
                TALLY.add(CONNECTS, code)
            self._states[code] = msgspec.structs.replace(
                former,
                state=state,
                reason=reason,
                since_at=former.since_at if state == former.state else now,
                retry_at=retry_at,
                attempts=attempts,
            )

    def turn(self, code: str, circuit: str) -> None:
        """A venue's circuit opens, closes, or is tried."""
        if code in self._states:
            self._states[code] = msgspec.structs.replace(self._states[code], circuit=circuit)

    def hear_time(self, code: str, said_at: datetime, received_at: datetime) -> None:
        """A venue told what its clock says, rightly or not."""
        self._skews[code].note(self._clock.monotonic(), said_at, received_at)

    def reject(self, code: str, reason: str) -> None:
        """Counts what was not taken: a frame, a trade or a quote."""
        self._rejected[code][reason] += 1
        TALLY.add(REJECTED, code, reason)

    def quarantine(self, code: str, reason: str) -> None:
        """Counts what was taken, but is not shown."""
        self._quarantined[code][reason] += 1
        TALLY.add(QUARANTINED, code, reason)

    def accept(self, code: str) -> None:
        """Counts a trade that is believed."""
        self._accepted[code] += 1
        TALLY.add(ACCEPTED, code)

    def repeat(self, code: str) -> None:
        """Counts a trade that was taken before: venues repeat the last ones after a subscription."""
        self._repeated[code] += 1
        TALLY.add(REPEATED, code)

    def skew(self, code: str) -> timedelta | None:
        """How far the venue's clock is ahead of ours; None where it tells no time."""
        return self._skews[code].median(self._clock.monotonic())

    def connected(self) -> list[str]:
        return [code for code, state in self._states.items() if state.state == "connected"]

    def measure(self, code: str, seconds: float) -> None:
        """The venue was asked what its clock says."""
        self._offsets[code] = timedelta(seconds=seconds)

    def offset(self, code: str) -> timedelta | None:
        """How far its clock is ahead, as it said when it was asked; None where it was not."""
        return self._offsets.get(code)

    def lags(self, code: str, age: timedelta) -> bool:
        """Whether a trade that is so old by its venue's clock comes later than those of another venue.

        Against the others, because our own clock may be wrong; less what the venue's clock is known to be off.
        """
        now, offset = self._clock.monotonic(), self._offsets.get(code)
        lag = age + (offset or timedelta())
        self._lags[code] = (now, lag)
        others = [other for each, (at, other) in self._lags.items() if each != code and now - at < LAGS_FOR_S]
        return bool(others) and lag - min(others) > (LATE if offset is not None else VERY_LATE)

    def skews(self) -> dict[str, float]:
        """The same in seconds, of all that tell one."""
        known = {code: self.skew(code) for code in self._states}
        return {code: skew.total_seconds() for code, skew in known.items() if skew is not None}

    def states(self, seen_at: Mapping[str, datetime | None]) -> list[VenueState]:
        """Every venue, best priority first."""
        ordered = sorted(self._states.values(), key=lambda venue: (venue.priority, venue.venue))
        return [self._complete(state, seen_at.get(state.venue)) for state in ordered]

    def codes(self) -> list[str]:
        return list(self._states)

    def _complete(self, state: VenueState, seen_at: datetime | None) -> VenueState:
        code, skew = state.venue, self.skew(state.venue)
        delays = self._latency.delays(code, self._clock.monotonic())
        return msgspec.structs.replace(
            state,
            seen_at=seen_at,
            rejected=dict(self._rejected[code]),
            quarantined=dict(self._quarantined[code]),
            repeated=self._repeated[code],
            accepted=self._accepted[code],
            reconnects=max(0, self._connects[code] - 1),
            skew_ms=None if skew is None else round(skew / _MILLISECOND),
            delays={hop: Delay(*percentiles) for hop, percentiles in delays.items()},
        )


def _why_off(venue: VenuePlan) -> str:
    """Why it is not used; "" for one that is."""
    return venue.refusal or ("" if venue.is_enabled else "switched off in the admin")
