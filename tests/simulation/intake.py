"""What a worker makes of trades: the supervisor hears of them, Redis gets them, and the newest price after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from feeds.connection.events import Heard, Repeated
from tests.simulation.store import State

if TYPE_CHECKING:
    from tests.simulation.session import FakeSession
    from tests.simulation.worker import Worker

# Longer than the recorder's 50 ms: harder, and a run has fewer steps.
FLUSH_AFTER_S: Final = 0.25
RETRY_AFTER_S: Final = 0.5


class Intake:
    """Over all lives of a worker: trades that were `taken`, `logged` by Redis, and in memory when it crashed."""

    def __init__(self, worker: Worker) -> None:
        self.pending: list[tuple[str, str, int]] = []
        self.taken = self.logged = self.crashed_with = 0
        self._worker = worker
        self._store, self._schedule = worker.world.store, worker.world.schedule
        self._version = 0
        self._newest: dict[tuple[str, str], int] = {}
        self._shown: dict[str, tuple[str, int]] = {}
        self._is_flushing = False

    def begin(self) -> None:
        """A new life, in which nothing is known of the former one."""
        self._version = 0
        self._newest.clear()
        self._shown.clear()

    def crash(self) -> None:
        self.crashed_with += len(self.pending)
        self.pending.clear()
        self._shown.clear()

    def take(self, session: FakeSession, instrument: str, trade_id: int, is_good: bool) -> None:
        """A trade came: believed or not, it is stored; once."""
        worker = self._worker
        if worker.is_late(self.take, session, instrument, trade_id, is_good):
            return
        stream = (session.venue.code, instrument)
        if trade_id <= self._newest.get(stream, -1):
            worker.hear(Repeated(session.number))
            return
        worker.hear(Heard(session.number, instrument, is_good))
        self._newest[stream] = trade_id
        self.taken += 1
        self.pending.append((*stream, trade_id))
        # By a wrong clock of ours every trade is from another time: it is life, and nothing to show.
        if is_good and worker.is_clock_right and worker.source(instrument) == session.venue.code:
            self._shown[instrument] = (session.venue.code, trade_id)
        if not self._is_flushing:
            self._is_flushing = True
            self._schedule.after(FLUSH_AFTER_S + self._store.delay, self._flush)

    def _flush(self) -> None:
        """To the log first, then the newest state."""
        if self._worker.is_late(self._flush):
            return
        if not self._store.is_there:
            self._schedule.after(RETRY_AFTER_S, self._flush)
            return
        self._is_flushing = False
        self.logged += len(self.pending)
        self._store.log.extend(self.pending)
        self.pending.clear()
        self._publish()

    def _publish(self) -> None:
        worker = self._worker
        self._version += 1
        for instrument, (venue, trade_id) in self._shown.items():
            state = State(worker.fence, self._version, worker.name, venue, trade_id)
            if self._store.publish(instrument, state):
                worker.world.auditor.published(instrument, state)
        self._shown.clear()
