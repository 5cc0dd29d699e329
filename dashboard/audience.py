"""Who listens to what of one source. No I/O."""

from collections import Counter
from collections.abc import Collection, Iterable, Set
from typing import NamedTuple

from dashboard.outbox import Outbox
from dashboard.protocol.topics import Topic


class Interest(NamedTuple):
    """What of a source somebody wants to hear: a topic, of one instrument, account or name, or of all ("")."""

    kind: Topic
    about: str = ""


def is_wanted(kind: Topic | None, about: str, interests: Set[Interest]) -> bool:
    """Whether somebody with these interests is to hear of it. What is of no topic is for everybody."""
    if kind is None:
        return True
    if about:
        return Interest(kind, about) in interests or Interest(kind) in interests
    return any(interest.kind is kind for interest in interests)


class Audience:
    """A message finds its listeners without asking each of them."""

    def __init__(self) -> None:
        self._interests: dict[Outbox, set[Interest]] = {}
        self._listeners: dict[Interest, set[Outbox]] = {}
        # By topic, with how many interests in it each has.
        self._of_kind: dict[Topic, Counter[Outbox]] = {}

    def __bool__(self) -> bool:
        return bool(self._interests)

    def interests(self, outbox: Outbox) -> Set[Interest]:
        return self._interests.get(outbox, set())

    def wanted(self) -> frozenset[Interest]:
        """What anybody listens to."""
        return frozenset(self._listeners)

    def add(self, outbox: Outbox, interests: Iterable[Interest]) -> None:
        own = self._interests.setdefault(outbox, set())
        for interest in set(interests) - own:
            own.add(interest)
            self._listeners.setdefault(interest, set()).add(outbox)
            self._of_kind.setdefault(interest.kind, Counter())[outbox] += 1

    def remove(self, outbox: Outbox, interests: Iterable[Interest]) -> None:
        own = self._interests.get(outbox, set())
        for interest in own.intersection(interests):
            own.remove(interest)
            self._listeners[interest].remove(outbox)
            if not self._listeners[interest]:
                del self._listeners[interest]
            of_kind = self._of_kind[interest.kind]
            of_kind[outbox] -= 1
            if not of_kind[outbox]:
                del of_kind[outbox]
        if not own:
            self._interests.pop(outbox, None)

    def leave(self, outbox: Outbox) -> None:
        self.remove(outbox, list(self.interests(outbox)))

    def everybody(self) -> Collection[Outbox]:
        return self._interests.keys()

    def listeners(self, kind: Topic | None, about: str) -> Collection[Outbox]:
        """Whoever is to hear of it, each once."""
        if kind is None:
            return self._interests.keys()
        if not about:
            return self._of_kind.get(kind, Counter()).keys()
        of_it = self._listeners.get(Interest(kind, about))
        of_all = self._listeners.get(Interest(kind))
        return of_it | of_all if of_it and of_all else of_it or of_all or ()
