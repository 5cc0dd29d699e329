"""A client's side of protocol 2: frames go in, what is to be shown and to be said comes out. No I/O."""

from itertools import count
from typing import NamedTuple

import msgspec

from dashboard.listening.place import Key, Places, Verdict
from dashboard.protocol import told
from dashboard.protocol.answers import Error, Hello, Offset, Renewal, Resumed, Subscribed, Tick
from dashboard.protocol.commands import MOST_TOPICS, Command, Pong, Resume, Subscribe, Wish
from dashboard.protocol.message import Event
from dashboard.protocol.told import OfConnection, Part


class Refused(Exception):
    """The server will not have this, however often it is asked. With its words."""


class Heard(NamedTuple):
    """Of a frame: the messages to be shown, notes for a person, and what to say to the server."""

    parts: list[Part]
    notes: list[str]
    commands: list[str]


class Listener:
    """Of one client that wishes for something, over all of its connections."""

    def __init__(self, wishes: list[Wish]) -> None:
        self._wishes = wishes
        self._places = Places()
        self._ids = count(1)
        # By which the client is known again, and the one of this connection alone.
        self._token = self._own_token = ""
        self._resume_id: int | None = None
        self._begin_id: int | None = None
        # What was asked for once more, by the number of the command.
        self._repairs: dict[int, set[Key]] = {}
        self._frames = 0
        # Whether this connection gives what was wished for.
        self.is_served = False
        # Why the server is about to close the connection, and what it said no to.
        self.farewell = self._refusal = ""
        self._heard = Heard([], [], [])
        # What came behind a hole, until that is filled. It is asked for once between two ticks: the server does not
        # listen to whoever says too much.
        self._holes: dict[Key, int] = {}
        self._may_repair = True

    def connected(self) -> None:
        """Another connection begins. Frames are counted anew, places and name stay."""
        self._frames = 0
        self._repairs.clear()
        self._holes.clear()
        self.is_served, self._may_repair = False, True
        self.farewell = self._refusal = ""

    def hear(self, frame: str | bytes) -> Heard:
        """Raises ValueError for what is no frame, and Refused where there is nothing to listen to."""
        self._frames += 1
        self._heard = Heard([], [], [])
        for part in told.read(frame):
            self._take(part)
        self._repair()
        return self._heard

    def _take(self, part: Part) -> None:
        message = part.told
        if isinstance(message, Event):
            self._take_event(part, message)
        elif isinstance(message, Offset):
            self._compare(message)
        elif isinstance(message, OfConnection):
            self._take_answer(message)
        else:
            self._heard.parts.append(part)

    def _take_event(self, part: Part, event: Event) -> None:
        key = Key.of(event)
        self._note_other_epoch(key, event.epoch)
        verdict = self._places.take(key, event)
        if verdict is Verdict.NEW:
            self._heard.parts.append(part)
        elif verdict is Verdict.HOLE:
            self._holes[key] = event.offset

    def _compare(self, offset: Offset) -> None:
        key = Key.of(offset)
        self._note_other_epoch(key, offset.epoch)
        if self._places.compare(key, offset) is Verdict.HOLE:
            self._holes[key] = offset.offset

    def _note_other_epoch(self, key: Key, epoch: str) -> None:
        if self._places.is_other_epoch(key, epoch):
            self._note_loss(key)

    def _note_loss(self, key: Key) -> None:
        self._heard.notes.append(f"{key}: the server cannot say what came meanwhile; some may be missing.")

    def _take_answer(self, message: OfConnection) -> None:
        match message:
            case Tick():
                self._may_repair = True
                self._say(Pong(frames=self._frames))
            case Hello():
                self._enter(message)
            case Renewal():
                self._token = message.resume
            case Resumed():
                self._heard.notes.append(f"It goes on as client {message.client}.")
            case Subscribed():
                self._take_topics(message)
            case Error():
                self._take_error(message)

    def _enter(self, hello: Hello) -> None:
        self._heard.notes.append(f"Connected as {hello.user}, client {hello.client}.")
        self._own_token = hello.resume
        if self._token:
            self._resume_id = next(self._ids)
            self._say(Resume(id=self._resume_id, token=self._token))
        self._token = self._token or hello.resume
        self._begin_id = self._subscribe([*self._wishes, *self._places.wishes(self._wishes)])

    def _take_topics(self, answer: Subscribed) -> None:
        if answer.id == self._begin_id:
            self.is_served = bool(answer.topics)
            if not self.is_served:
                raise Refused(self._refusal or "The server gives nothing of what was asked for.")
        for key in self._repairs.pop(answer.id or 0, set()):
            lost = [taken for taken in answer.topics if taken.recovered is False and key.is_part_of(taken.wish)]
            if lost:
                self._places.forget(key)
                self._note_loss(key)

    def _take_error(self, error: Error) -> None:
        if error.id is None:
            self.farewell = error.text
            return
        self._heard.notes.append(error.text)
        self._refusal = error.text
        if error.id == self._resume_id:
            self._token = self._own_token

    def _repair(self) -> None:
        """Asks once more for what has holes that the rest of the frame did not fill."""
        self._holes = {key: at for key, at in self._holes.items() if self._places.is_behind(key, at)}
        asked = {key for keys in self._repairs.values() for key in keys}
        if self._may_repair and (keys := self._holes.keys() - asked):
            self._may_repair = False
            self._subscribe([self._places.wish(key) for key in sorted(keys)])

    def _subscribe(self, wishes: list[Wish]) -> int:
        """The number of the first command: it takes several where there are many wishes."""
        first = 0
        for start in range(0, len(wishes), MOST_TOPICS):
            id, some = next(self._ids), wishes[start : start + MOST_TOPICS]
            first = first or id
            self._repairs[id] = {_key(wish) for wish in some if wish.after}
            self._say(Subscribe(id=id, topics=some))
        return first

    def _say(self, command: Command) -> None:
        self._heard.commands.append(msgspec.json.encode(command).decode())


def _key(wish: Wish) -> Key:
    return Key(wish.topic, wish.feed, wish.name or wish.instrument)
