"""What a feed leans on, into its journal: Redis servers and the database as they change; at times a sample of all."""

from datetime import datetime

from django.conf import settings

from feeds.clock import Clock
from feeds.connection.board import Board
from feeds.connection.journal import Journal
from feeds.storage.latest import VenueState
from feeds.storage.live import LiveStore
from feeds.storage.recorder import Recorder
from feeds.storage.status import ServerStatus


class Vitals:
    """Looks at what is there anyway: no call is made for it."""

    def __init__(self, board: Board, recorder: Recorder, journal: Journal, store: LiveStore, clock: Clock) -> None:
        self._board = board
        self._recorder = recorder
        self._journal = journal
        self._store = store
        self._clock = clock

    def heard_of_database(self, trouble: str) -> None:
        """The database stopped to answer, or answers again."""
        self._journal.noted("database", "away" if trouble else "back", trouble, self._clock.now())

    def heard_of_redis(self, name: str, server: ServerStatus) -> None:
        """A server entered a state."""
        self._journal.noted(f"redis:{name}", server.state, server.reason, server.since_at)

    async def run(self) -> None:
        """Takes samples, for ever."""
        while True:
            self._sample()
            await self._clock.sleep(settings.HEALTH_SAMPLE_EVERY_S)

    def _sample(self) -> None:
        now = self._clock.now()
        venues = self._board.venues
        states = venues.states({code: self._board.seen_at(code) for code in venues.codes()})
        self._journal.sampled(
            self._state(),
            now,
            venues={state.venue: _of_venue(state, now) for state in states},
            redis={name: server.state for name, server in self._store.statistics().servers.items()},
            backlog=self._recorder.backlog,
        )

    def _state(self) -> str:
        """Of how many instruments a price is shown."""
        has_price = {bool(self._board.source(instrument)) for instrument in self._board.instruments}
        return "partial" if len(has_price) == 2 else "live" if True in has_price else "blind"


def _of_venue(state: VenueState, now: datetime) -> dict[str, object]:
    return {
        "state": state.state,
        "age_s": None if state.seen_at is None else round((now - state.seen_at).total_seconds(), 3),
        "accepted": state.accepted,
        "quarantined": sum(state.quarantined.values()),
        "rejected": sum(state.rejected.values()),
        "repeated": state.repeated,
    }
