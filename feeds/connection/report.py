"""What a supervisor tells: effects in their order, and what was known when they were decided. Pure."""

from feeds.connection.effects import Clear, Effect, Enter, Raise, VenueEvidence
from feeds.connection.record import Memory, VenueRecord


class Report:
    """Collects the effects of one event. What was raised is raised once, until it is cleared."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._effects: list[Effect] = []
        self._raised: set[tuple[str, str]] = set()

    def take(self) -> list[Effect]:
        """Everything since the last time."""
        effects, self._effects = self._effects, []
        return effects

    def add(self, effect: Effect) -> None:
        self._effects.append(effect)

    def enter(self, record: VenueRecord, state: str, reason: str, now: float, retry_in: float | None = None) -> None:
        """A venue enters a state. Why it failed last is told until it delivers."""
        record.state = state
        record.reason = "" if state == "connected" and not reason else reason or record.reason
        wait = None if retry_in == float("inf") else retry_in
        self.add(Enter(record.code, state, record.reason, record.attempts, wait))

    def alert(self, kind: str, subject: str, text: str) -> None:
        """A person should know."""
        if (kind, subject) not in self._raised:
            self._raised.add((kind, subject))
            self.add(Raise(kind, subject, text))

    def clear(self, kind: str, subject: str) -> None:
        """What was raised is over."""
        if (kind, subject) in self._raised:
            self._raised.remove((kind, subject))
            self.add(Clear(kind, subject))

    def evidence(self, now: float) -> dict[str, VenueEvidence]:
        """What is known of every venue."""
        return {terms.code: self._testimony(terms.code, now) for terms in self._memory.policy.venues}

    def _testimony(self, code: str, now: float) -> VenueEvidence:
        record = self._memory.venue(code)
        age = now - record.last_good_at if record.last_good_at > float("-inf") else None
        return VenueEvidence(record.state, age, record.circuit.state(now), record.attempts, record.reason)
