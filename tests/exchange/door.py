"""A venue's entrance: its limits and who broke them, how often somebody tried, and the tokens it gave out."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from tests.exchange.dialect import Limits
from tests.exchange.tokens import Tokens
from tests.exchange.window import Window


class Door:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.violations: Counter[str] = Counter()  # by the name of the limit
        self.tokens = Tokens()
        self._attempts = Window(limits.connects, limits.connects_within)
        self._banned_until = 0.0

    def is_tried_too_often(self, now: datetime) -> bool:
        """Note one attempt. Too many are a ban where the venue has one; every client has this one address."""
        at = now.timestamp()
        is_over = self._attempts.is_over(at)
        if is_over:
            self.violations["connects"] += 1
            self._banned_until = max(self._banned_until, at + self.limits.unban_after)
        return is_over or at < self._banned_until
