"""Which newest states have to be written now: those that changed, and those that would run out. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from feeds.storage.latest import Stamped
from positions.latest import AccountState, DebugState, OrdersState, PositionsState

# They run out after a minute.
AGAIN_EVERY_S: Final = 5.0
# The line, which is small: whoever reads it notices within two seconds that nobody writes it any more.
ALIVE_EVERY_S: Final = 0.5

State = PositionsState | OrdersState | AccountState | DebugState


class Outgoing:
    """Numbers each round; a state has the version of the round in which it was written."""

    def __init__(self) -> None:
        self._version = 0
        self._written: dict[str, tuple[State, float]] = {}

    def due(self, states: Mapping[str, State], now: float, at: datetime) -> dict[str, Stamped]:
        """By key. The states come without version and time, so that those are equal that say the same."""
        self._version += 1
        due = {key: state for key, state in states.items() if self._is_due(key, state, now)}
        self._written |= {key: (state, now) for key, state in due.items()}
        return {key: self._stamped(state, at) for key, state in due.items()}

    def _stamped(self, state: State, at: datetime) -> State:
        state = replace(state, version=self._version)
        return replace(state, written_at=at) if isinstance(state, AccountState) else state

    def _is_due(self, key: str, state: State, now: float) -> bool:
        before, written_at = self._written.get(key, (None, now))
        again_every = ALIVE_EVERY_S if isinstance(state, AccountState) else AGAIN_EVERY_S
        return state != before or now >= written_at + again_every
