"""What one client makes of what it hears: how late prices are, and whether events have holes or repeats. No I/O."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from dashboard.protocol.answers import Taken
from tests.load.heard import EVENTS, Said, heard, written_at

Wish = dict[str, Any]
_encode: Final = msgspec.json.encode


class Listener:
    """Subscribes to `wishes` when it is greeted, and answers the ticks. `note` is told how late each price was.

    It outlives a connection: `begin` is for the next one, which asks for what came after its `places`.
    """

    def __init__(self, wishes: Sequence[Wish], note: Callable[[float], None] | None = None) -> None:
        self._wishes = list(wishes)
        self._note = note
        self._frames = 0
        self.has_state = False
        # When each price that came was written.
        self.prices = array("d")
        self.places: dict[str, tuple[str, int]] = {}
        # The sequences of which this connection was promised all that it had missed.
        self._promised: set[str] = set()
        self.holes = self.repeats = self.backward = 0
        # Seconds between two prices, of those that were farthest apart; set it to 0 to begin anew.
        self.gap = 0.0
        self._heard_at = 0.0
        # Answers to `after`: how often everything followed, and how often only the state.
        self.recovered: Counter[bool] = Counter()
        self.errors: list[int] = []
        self.resume = ""

    def begin(self) -> None:
        """A new connection: nothing of it was heard yet."""
        self._frames, self.has_state = 0, False
        self._promised.clear()

    def hear(self, payload: bytes, now: float) -> list[bytes]:
        """Takes one frame, and gives what is to be answered; nothing as a rule. `now` in seconds since 1970."""
        self._frames += 1
        return [answer for said in heard(payload) for answer in self._take(said, now)]

    def _take(self, said: Said, now: float) -> list[bytes]:
        if said.type == "price" and said.received_at:
            self._take_price(written_at(said.received_at), now)
        elif said.type in EVENTS:
            self._take_event(said)
        elif said.type == "tick":
            return [b'{"type":"pong","frames":%d}' % self._frames]
        elif said.type == "hello":
            return self._greet(said)
        else:
            self._take_answer(said)
        return []

    def _take_price(self, at: float, now: float) -> None:
        newest = self.prices[-1] if self.prices else 0.0
        if at > newest:
            self.prices.append(at)
            self.gap = max(self.gap, now - (self._heard_at or now))
            self._heard_at = now
            if self._note:
                self._note(now - at)
        elif at < newest:
            self.backward += 1

    def _take_event(self, said: Said) -> None:
        """The next one has the next offset; in another epoch nothing is known of what came before. A snapshot begins
        anew, but takes the place of nothing that was promised.
        """
        epoch, offset = self.places.get(said.sequence, (said.epoch, said.offset - 1))
        if said.is_snapshot:
            if said.sequence in self._promised:
                self.holes += max(1, said.offset - offset)
        elif epoch == said.epoch:
            self.holes += max(0, said.offset - offset - 1)
            self.repeats += said.offset <= offset
        self.places[said.sequence] = (said.epoch, said.offset)

    def _greet(self, said: Said) -> list[bytes]:
        """As a page does: who was here before says so, and then what it wants."""
        before, self.resume = self.resume, said.resume
        wishes = _encode({"type": "subscribe", "id": 1, "topics": [self._after(wish) for wish in self._wishes]})
        return [_encode({"type": "resume", "token": before}), wishes] if before else [wishes]

    def _take_answer(self, said: Said) -> None:
        if said.type == "renewal":
            self.resume = said.resume
        elif said.type == "offset":
            self._compare(said)
        elif said.type == "error":
            self.errors.append(said.code)
        elif said.type == "subscribed":
            self.has_state = True
            for taken in said.topics:
                self._take_promise(taken)

    def _take_promise(self, taken: Taken) -> None:
        """Of a place that was told: all that came since follows, or it is to be forgotten."""
        if taken.recovered is None:
            return
        self.recovered[taken.recovered] += 1
        of_it = set(self._sequences(taken.wish.topic, taken.wish.instrument or taken.wish.name))
        if taken.recovered:
            self._promised |= of_it
        else:
            self.places = {name: place for name, place in self.places.items() if name not in of_it}

    def _compare(self, said: Said) -> None:
        """Where the server is ahead of us something never came. It is behind where events overtook what it says."""
        epoch, offset = self.places.get(said.sequence, (said.epoch, said.offset))
        missing = max(0, said.offset - offset) if epoch == said.epoch else 0
        self.holes += missing
        if missing or epoch != said.epoch:
            self.places[said.sequence] = (said.epoch, said.offset)

    def _after(self, wish: Wish) -> Wish:
        """With the last place that was seen of its topic, where it has one."""
        about = wish.get("instrument", "") or wish.get("name", "")
        place = next((self.places[name] for name in self._sequences(wish["topic"], about)), None)
        return {**wish, "after": {"epoch": place[0], "offset": place[1]}} if place else wish

    def _sequences(self, topic: str, about: str) -> list[str]:
        """Those with a place that are of this topic, whatever the feed; of all that it may be about ("")."""
        return [
            name for name in self.places if name.startswith(f"{topic} ") and name.endswith(f" {about}" if about else "")
        ]
