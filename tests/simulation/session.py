"""What becomes of one session, as `connection/line.py` would find it: asked for, opened, acknowledged, heard, ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from feeds.connection.events import Announced, Connected, Ended, Lost, Opened, PutOff
from feeds.errors import (
    ClosedByVenue,
    ConnectFailed,
    HandshakeRefused,
    NotAcknowledged,
    Replaced,
    SessionEnded,
    Silent,
    SubscriptionRefused,
)
from tests.simulation.venue import FakeVenue

if TYPE_CHECKING:
    from tests.simulation.worker import Worker

NOTICE_AFTER_S: Final = 60.0
CONNECTED_WITHIN_S: Final = 2.3
ACKNOWLEDGED_WITHIN_S: Final = 5.0
# How long a venue that is asked to close takes, and for how long one is waited for that does not answer.
CLOSED_AFTER_S: Final = 0.1
CLOSED_WITHIN_S: Final = 1.0


class FakeSession:
    """It says what happens to the worker that wanted it, and is over after a PutOff or an Ended."""

    def __init__(self, number: int, venue: FakeVenue, worker: Worker) -> None:
        self.number, self.venue, self.worker = number, venue, worker
        self.begun_at = worker.world.schedule.now
        self.opened_at = self.connected_at = self.heard_at = 0.0
        self.is_announced = self.is_cut = False
        self.is_open = self.is_acknowledged = self.is_connected = self.is_leaving = self.is_over = False
        self.lost: list[str] = []
        self._schedule, self._random = worker.world.schedule, worker.world.random
        self._latency = self._random.uniform(0.01, 0.08)
        self._schedule.after(0.002, self._ask)

    @property
    def is_delivering(self) -> bool:
        return self.is_connected and not self.is_leaving and not self.is_over

    def failed_with(self, error: SessionEnded) -> bool:
        """Whether its end was neither our wish nor announced; who announces it in the first minute just fails."""
        age = self._schedule.now - (self.opened_at or self._schedule.now)
        is_as_announced = self.is_announced and age >= NOTICE_AFTER_S and isinstance(error, ClosedByVenue)
        return self.is_cut or not (is_as_announced or isinstance(error, Replaced))

    def carries(self, instrument: str) -> bool:
        return instrument in self.venue.instruments and instrument not in self.lost

    def leave(self, reason: str, is_silent: bool) -> None:
        """We close it; a venue that is silent is not waited for."""
        if self.is_leaving:
            return
        self.is_leaving, self.is_cut = True, is_silent
        if self.is_over:
            return
        if is_silent:
            self._schedule.after(0.01, self.end, Silent(reason))
        else:
            wait = CLOSED_AFTER_S if self.venue.is_speaking else CLOSED_WITHIN_S
            self._schedule.after(wait, self.end, Replaced(reason))

    def end(self, error: SessionEnded) -> None:
        if self.is_over:
            return
        self.is_over = True
        if self.is_leaving and not isinstance(error, Silent):
            error = Replaced("we left")
        cool_off = self.worker.world.limits.cool_off(self.venue.code, error)
        self.worker.forget(self)
        self.worker.hear(Ended(self.number, error, cool_off, self._random.random()))

    def announce(self) -> None:
        """The venue says that it is about to close."""
        self.is_announced = True
        self.worker.hear(Announced(self.number, "maintenance"))

    def hang_up(self) -> None:
        """Nobody is there any more to hear what comes."""
        self.is_over = True

    def _ask(self) -> None:
        limits, code = self.worker.world.limits, self.venue.code
        if self.is_over:
            return
        wait = limits.ask(code)
        if wait > 0:
            self.is_over = True
            self.worker.forget(self)
            self.worker.hear(PutOff(self.number, wait, "its limit", limits.is_banned(code)))
            return
        self.worker.world.auditor.attempted(self)
        self._knock()

    def _knock(self) -> None:
        venue, random = self.venue, self._random
        if venue.has("unreachable", "hanging"):
            self._schedule.after(CONNECTED_WITHIN_S, self.end, ConnectFailed("too slow"))
        elif venue.has("down"):
            self._schedule.after(0.02, self.end, ConnectFailed("refused"))
        elif venue.has("banning"):
            self._schedule.after(0.1, self.end, HandshakeRefused(403))
        elif venue.has("limiting"):
            self._schedule.after(0.1, self.end, HandshakeRefused(429, random.uniform(5.0, 90.0)))
        elif venue.has("slow"):
            self._schedule.after(random.uniform(0.6, 2.2), self._open)
        else:
            self._schedule.after(random.uniform(0.05, 0.3), self._open)

    def _open(self) -> None:
        if self.is_over:
            return
        if self.venue.has("down", "unreachable"):
            self.end(ConnectFailed("cut while it opened"))
            return
        self.is_open, self.opened_at = True, self._schedule.now
        self.worker.hear(Opened(self.number, self._random.random()))
        self._schedule.after(self._random.uniform(0.02, 0.15), self._acknowledge)
        self._schedule.after(ACKNOWLEDGED_WITHIN_S, self._miss_acknowledgement)
        if self.venue.terms.life_after is not None:
            self._schedule.after(self.venue.terms.life_after, self.end, ClosedByVenue(1006, ""))

    def _acknowledge(self) -> None:
        if self.is_over:
            return
        if self.venue.is_speaking and not self.venue.has("no acks"):
            self._refuse()
            self.is_acknowledged = True
        if not self.is_over:
            self._expect(self.venue.next_number())

    def _refuse(self) -> None:
        refused = [each for each in self.venue.instruments if self.venue.refuses(each)]
        if len(refused) == len(self.venue.instruments):
            self.end(SubscriptionRefused("none of these"))
            return
        for instrument in refused:
            self.lost.append(instrument)
            self.worker.hear(Lost(self.number, instrument, "delisted"))

    def _miss_acknowledgement(self) -> None:
        if not self.is_over and not self.is_acknowledged:
            self.end(NotAcknowledged("no answer"))

    def _expect(self, number: int) -> None:
        self._schedule.at(self.venue.traded_at(number) + self._latency, self._receive, number)

    def _receive(self, number: int) -> None:
        """A trade of the venue was due. The next one is, whatever became of this one."""
        if self.is_over:
            return
        self._schedule.at(self.venue.traded_at(number + 1) + self._latency, self._receive, number + 1)
        venue = self.venue
        instrument = venue.instrument(number)
        if instrument in self.lost or not venue.says(instrument):
            return
        is_good = not venue.doubts(number)
        if is_good:
            self.heard_at = self._schedule.now
        if is_good and self.worker.is_clock_right and not self.is_leaving:
            self.worker.truth.note_good(venue.code, instrument)
        self.worker.intake.take(self, instrument, venue.trade_id(number), is_good)
        if self.is_acknowledged and not self.is_connected:
            self.is_connected, self.connected_at = True, self._schedule.now
            self.worker.hear(Connected(self.number))
            self.worker.world.limits.forgive(venue.code)
