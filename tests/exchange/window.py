"""A rolling count: how often something happened within the last seconds."""

from __future__ import annotations

from collections import deque


class Window:
    def __init__(self, most: int | None, within: float) -> None:
        self._most, self._within = most, within
        self._noted_at: deque[float] = deque()

    def is_over(self, at: float) -> bool:
        """Note one more at this second, and say whether that is too many. Without a limit nothing is noted."""
        if self._most is None:
            return False
        self._noted_at.append(at)
        while at - self._noted_at[0] >= self._within:
            self._noted_at.popleft()
        return len(self._noted_at) > self._most
