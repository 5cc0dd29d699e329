"""What was seen of each event topic, and whether something is missing. Pure."""

from enum import Enum
from typing import NamedTuple

from dashboard.feed.messages import Alerts, Trades
from dashboard.protocol.answers import Offset
from dashboard.protocol.commands import Place, Wish
from dashboard.protocol.message import Event
from dashboard.protocol.topics import Topic


class Verdict(Enum):
    """Of an event or an offset: the next one, seen before, or one that comes after a hole."""

    NEW = "new"
    KNOWN = "known"
    HOLE = "hole"


class Key(NamedTuple):
    """What has places of its own: a topic of a feed and an instrument, or of a publisher's name."""

    topic: Topic
    feed: str
    about: str

    @classmethod
    def of(cls, told: Event | Offset) -> "Key":
        if isinstance(told, Offset):
            return cls(told.topic, told.feed, told.about)
        feed = told.feed if isinstance(told, Trades | Alerts) else ""
        return cls(told.kind, feed, told.about)

    def is_part_of(self, wish: Wish) -> bool:
        about = wish.name if self.topic is Topic.PUBLISHED else wish.instrument
        is_about = about in ("", self.about) or self.topic is Topic.ALERTS
        return wish.topic is self.topic and wish.feed in ("", self.feed) and is_about

    def wish(self, after: Place) -> Wish:
        """Asks for what came since then."""
        if self.topic is Topic.PUBLISHED:
            return Wish(topic=self.topic, name=self.about, after=after)
        return Wish(topic=self.topic, feed=self.feed, instrument=self.about, after=after)

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


class Places:
    """The last place of each topic."""

    def __init__(self) -> None:
        self._places: dict[Key, Place] = {}

    def take(self, key: Key, event: Event) -> Verdict:
        """Goes on to the place of an event, where nothing is missing before it."""
        told, seen = Place(event.epoch, event.offset), self._places.get(key)
        if seen is None or (event.is_snapshot and seen.epoch != told.epoch):
            self._places[key] = told
            return Verdict.NEW
        verdict = Verdict.KNOWN if event.is_snapshot else self._judge(key, told)
        if verdict is Verdict.NEW:
            self._places[key] = told
        return verdict

    def compare(self, key: Key, offset: Offset) -> Verdict:
        """An offset is told behind its events: who has seen fewer than that missed some."""
        told = Place(offset.epoch, offset.offset)
        verdict = self._judge(key, told) if key in self._places else Verdict.KNOWN
        self._places.setdefault(key, told)
        return Verdict.KNOWN if verdict is Verdict.KNOWN else Verdict.HOLE

    def is_other_epoch(self, key: Key, epoch: str) -> bool:
        """Whether the server counts anew: what came between, nobody knows exactly."""
        return key in self._places and self._places[key].epoch != epoch

    def is_behind(self, key: Key, offset: int) -> bool:
        return key in self._places and self._places[key].offset < offset

    def forget(self, key: Key) -> None:
        self._places.pop(key, None)

    def wishes(self, asked: list[Wish]) -> list[Wish]:
        """What was asked for at first, and everything since the last places of it."""
        return [key.wish(place) for key, place in self._places.items() if any(map(key.is_part_of, asked))]

    def wish(self, key: Key) -> Wish:
        return key.wish(self._places[key])

    def _judge(self, key: Key, told: Place) -> Verdict:
        """Another epoch begins with 1: what it told before this can be asked for."""
        seen = self._places[key]
        if seen.epoch != told.epoch:
            seen = self._places[key] = Place(told.epoch, 0)
        if told.offset <= seen.offset:
            return Verdict.KNOWN
        return Verdict.NEW if told.offset == seen.offset + 1 else Verdict.HOLE
