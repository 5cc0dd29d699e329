"""Whether there is something better to do than to go on with a session that delivers. Every call brings the time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from feeds.connection.supervisor import Supervisor
from feeds.queries import FeedPlan, VenuePlan
from feeds.types import Event, Notice

REVIEW_EVERY_S: Final = 0.1
# A connection that is announced to end sooner after its start is not replaced: the next one would fare the same.
NOTICE_AFTER_S: Final = 60.0


@dataclass
class Review:
    """One session: the plan that it was opened for, since when it is there, and for how many seconds at most."""

    plan: FeedPlan
    venue: VenuePlan
    since: float
    life: float
    _due: float = 0.0

    def reason_to_leave(self, events: Iterable[Event], plan: FeedPlan, supervisor: Supervisor, now: float) -> str:
        """After each frame, by the plan of now; "" while there is none."""
        if any(isinstance(event, Notice) and event.is_closing for event in events):
            return "the venue announced its end" if now - self.since >= NOTICE_AFTER_S else ""
        if now < self._due:
            return ""
        self._due = now + REVIEW_EVERY_S
        return self._reason(plan, supervisor, now)

    def _reason(self, plan: FeedPlan, supervisor: Supervisor, now: float) -> str:
        if not plan.has_enabled(self.venue.code):
            return "it was switched off"
        if supervisor.is_replaceable(self.venue.code, now):
            return "a better venue may be tried"
        if plan is not self.plan and not self.venue.is_served_by(plan):
            return "its plan changed"
        return "its planned life is over" if now - self.since >= self.life else ""
