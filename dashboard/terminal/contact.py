"""What is known of a site, and how long ago it was told. Pure: events and the time go in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from dashboard.terminal.answers import Answers

# So much later than it should have come an answer is taken for lost, even where nothing failed yet.
LATE_AFTER: Final = timedelta(seconds=3)


@dataclass(frozen=True)
class Contact:
    """`heard` is the last answer, however old; `lost_at` since when none came; `next_at` when it is asked again."""

    refresh: timedelta
    began_at: datetime
    heard: Answers | None = None
    heard_at: datetime | None = None
    lost_at: datetime | None = None
    why: str = ""
    next_at: datetime | None = None

    def after_answer(self, answers: Answers, now: datetime) -> "Contact":
        return replace(self, heard=answers, heard_at=now, lost_at=None, why="", next_at=now + self.refresh)

    def after_failure(self, why: str, now: datetime) -> "Contact":
        return replace(self, lost_at=self.lost_at or now, why=why, next_at=now + self.refresh)

    def silent_since(self, now: datetime) -> datetime | None:
        """Since when the site does not answer; None while what was heard is as young as it should be."""
        if self.lost_at:
            return self.lost_at
        last_at = self.heard_at or self.began_at
        return last_at if now - last_at > self.refresh + LATE_AFTER else None

    def wait(self, now: datetime) -> int:
        """Whole seconds until the site is asked again; 0 while that is so."""
        return max(0, ceil((self.next_at - now).total_seconds())) if self.next_at else 0

    def age(self, now: datetime) -> timedelta:
        """Of the last answer: what it says of ages has grown by so much."""
        return max(timedelta(), now - self.heard_at) if self.heard_at else timedelta()
