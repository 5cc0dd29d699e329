"""Whether this worker still takes tasks. A broker that was reset may leave one that is connected and hears nothing."""

from typing import Final

DEAF_AFTER_S: Final = 60.0


class Hearing:
    """Pure: the monotonic time is an argument."""

    def __init__(self, now: float) -> None:
        self._well_at = now

    def heard(self, now: float) -> None:
        """A task came, or went."""
        self._well_at = now

    def is_deaf(self, waiting: int | None, now: float) -> bool:
        """Whether tasks have been waiting for a minute while none came. `waiting`: how many; None: no answer."""
        if not waiting:
            self._well_at = now
        return now - self._well_at >= DEAF_AFTER_S
