"""What becomes of what is not taken: all of it is counted, and enough of it kept for people to see what was wrong."""

import logging
from datetime import datetime
from typing import Final

from feeds.clock import Clock
from feeds.connection.board import Board
from feeds.errors import MAX_EXCERPT, BadFrame
from feeds.pace import Pace, Rate
from feeds.storage.latest import REJECTED_A_SECOND, RejectedFrame
from feeds.storage.recorder import Recorder

logger = logging.getLogger(__name__)

# Of each venue: a flood of garbage fills neither the log nor Redis.
KEPT: Final = Rate(REJECTED_A_SECOND, within=1.0)


class Rejection:
    def __init__(self, board: Board, recorder: Recorder, clock: Clock) -> None:
        self._board = board
        self._recorder = recorder
        self._clock = clock
        self._paces: dict[str, Pace] = {}

    def reject(self, venue: str, error: BadFrame, received_at: datetime, frame: bytes = b"") -> None:
        """Counts it; tells and keeps it, and the frame where there is one, unless that came too often lately."""
        self._board.venues.reject(venue, error.reason)
        pace, now = self._paces.setdefault(venue, Pace(KEPT)), self._clock.monotonic()
        if pace.wait(now) > 0:
            return
        pace.note(now)
        logger.warning("%s sent what is not taken: %s", venue, error)
        begins = ascii(frame)[2:-1][:MAX_EXCERPT]
        self._recorder.keep(RejectedFrame(venue, error.reason, error.excerpt, received_at, begins))
