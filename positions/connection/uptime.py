"""The uptime of one account's line: once a second, whether what it shows is sure (V-13)."""

from typing import Final

from feeds.clock import Clock
from feeds.storage.database import DatabaseThread
from feeds.storage.uptime import UptimeRecorder
from positions.board.board import Board
from positions.queries.uptime import uptime_subject

SAMPLE_EVERY_S: Final = 1.0


class LineUptime:
    """It is well while the line is up and REST confirms what was told."""

    def __init__(self, account: int, board: Board, database: DatabaseThread, clock: Clock) -> None:
        self._subject = uptime_subject(account)
        self._board = board
        self._clock = clock
        self._recorder = UptimeRecorder(database, clock)

    async def sample(self) -> None:
        """Once a second, for ever."""
        while True:
            self._recorder.sample({self._subject: self._board.is_sure}, self._clock.now())
            await self._clock.sleep(SAMPLE_EVERY_S)

    async def write(self) -> None:
        """Every few seconds, for ever."""
        await self._recorder.run()

    async def finish(self) -> None:
        await self._recorder.finish()
