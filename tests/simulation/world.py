"""Everything there is in one run, made from its seed: seven venues, two workers, a Redis, a database, and troubles."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from feeds.connection.events import Policy, VenueTerms
from feeds.pace import Rate
from tests.simulation.auditor import Auditor
from tests.simulation.database import FakeDatabase
from tests.simulation.invariants import Broken
from tests.simulation.ledger import Ledger
from tests.simulation.limits import Limits
from tests.simulation.record import Record
from tests.simulation.schedule import Schedule
from tests.simulation.session import FakeSession
from tests.simulation.store import FakeStore
from tests.simulation.troubles import Troubles
from tests.simulation.venue import FakeVenue
from tests.simulation.worker import Worker

CODES: Final = ("binance", "kucoin", "bybit", "okx", "htx", "kraken", "gateio")
INSTRUMENTS: Final = ("BTC-USDT", "ETH-USDT")
# As the venues publish them, in the order of CODES.
RATES: Final = (
    Rate(300, 300.0),
    Rate(30, 60.0),
    Rate(500, 300.0),
    Rate(3, 1.0),
    Rate(100, 300.0),
    Rate(150, 600.0),
    Rate(300, 300.0),
)
# A day of the venues that cut their connections after one, and short enough for some to pass in an hour.
LIFE_AFTER_S: Final = 900.0
# The last part of every run is without troubles.
CALM_S: Final = 120.0
DRAIN_EVERY_S: Final = 1.0


@dataclass(frozen=True)
class Outcome:
    """What became of a run: what was broken, "" where every invariant held; and the end of what was said."""

    seed: int
    broken: str
    digest: str
    notes: int
    faults: list[str]
    tail: list[str]


class World:
    """All chance is of `random`; all time is of `schedule`."""

    def __init__(self, seed: int, seconds: float, *, keep_all: bool = False) -> None:
        self.seed, self.seconds = seed, seconds
        self.random = Random(seed)
        self.schedule, self.record = Schedule(), Record(keep_all=keep_all)
        self.instruments = INSTRUMENTS
        self.rates = dict(zip(CODES, RATES, strict=True))
        self.all_terms = tuple(self._terms(code) for code in CODES)
        self.policy = Policy(self.all_terms)
        self.forced_open: frozenset[str] = frozenset()
        self.forced_closed: frozenset[str] = frozenset()
        self.more_standbys = self.setup = 0
        self.adopted_at, self.quiet_until = 0.0, 0.0
        self.calm_from = max(0.0, seconds - CALM_S)
        self.venues = {each.code: FakeVenue(each, self.random, self.schedule) for each in self.all_terms}
        self.limits = Limits(self.rates, self.schedule)
        self.store, self.database, self.ledger = FakeStore(), FakeDatabase(self.schedule), Ledger()
        self.auditor = Auditor(self)
        self.workers = [Worker(name, self) for name in ("first", "second")]
        self.troubles = Troubles(self)
        self.schedule.after(DRAIN_EVERY_S, self._drain)

    @property
    def most_venues(self) -> int:
        """The lead, its standbys, one more when all are quiet, and a guest for each instrument that they lack."""
        return 1 + self.policy.standbys + self.more_standbys + 1 + len(self.instruments)

    def run(self) -> Outcome:
        broken = ""
        try:
            self.schedule.run(self.seconds)
            self.auditor.look_back()
        except Broken as error:
            broken = str(error)
            self.record.note(self.schedule.now, "auditor", broken)
        record, faults = self.record, self.troubles.begun
        return Outcome(self.seed, broken, record.digest, record.notes, faults, record.tail())

    def adopt(self) -> None:
        """An admin saved something: whoever runs the feed hears of it."""
        self.adopted_at = self.schedule.now
        for worker in self.workers:
            worker.adopt()

    def sessions(self) -> Iterator[FakeSession]:
        return (session for worker in self.workers for session in list(worker.sessions.values()))

    def well_for(self, worker: Worker, code: str, instrument: str) -> float:
        """Seconds for which nothing has kept this worker from hearing an instrument at a venue."""
        venue = self.venues[code]
        is_well = venue.is_sound() and venue.is_trusted(instrument) and instrument in venue.instruments
        if not is_well or not worker.is_clock_right or code in self.forced_open or self.limits.wait(code) > 0:
            return 0.0
        since = max(venue.sound_since, self.limits.free_since(code), worker.truth.awake_since, self.adopted_at)
        return self.schedule.now - since

    def _terms(self, code: str) -> VenueTerms:
        """Some venues cut their connections, and some do not list everything."""
        instruments = INSTRUMENTS[:1] if self.random.random() < 0.1 else INSTRUMENTS
        life_after = LIFE_AFTER_S if self.random.random() < 0.4 else None
        return VenueTerms(code, instruments, life_after=life_after)

    def _drain(self) -> None:
        """The log goes to the database, where both are there."""
        if self.database.is_there and self.store.is_there:
            for venue, instrument, trade_id in self.store.log:
                self.ledger.store(venue, instrument, trade_id)
            self.store.log.clear()
        self.schedule.after(DRAIN_EVERY_S, self._drain)


def run(seed: int, seconds: float, *, keep_all: bool = False) -> Outcome:
    """One run; `keep_all` for all that was said in it instead of the end of that."""
    return World(seed, seconds, keep_all=keep_all).run()
