"""Many clients at once, and what they lost."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tests.load.delay import Delays, Stopwatch
from tests.load.line import Door, Line, connect
from tests.load.listener import Listener, Wish

# Handshakes under way at the same time.
_AT_ONCE: Final = 20
OPENED_WITHIN_S: Final = 60.0
# A state may be left out where a newer one followed so soon: what is sent at most ten times a second, and a reading.
CONFLATED_S: Final = 0.15
_OF_INSTRUMENT: Final[Sequence[Wish]] = [
    {"topic": topic, "instrument": "BTC-USDT"} for topic in ("price", "trades", "candles")
]
# What a page of ours wants to know, and what an outside client does.
PAGE: Final = [*_OF_INSTRUMENT, {"topic": "venues"}, {"topic": "health"}]
TAPE: Final = _OF_INSTRUMENT[:2]


class NotThere(RuntimeError):
    """Clients that should have been let in were not."""


@dataclass
class Member:
    """A client that may come back: its door, its ears, and its newest connection."""

    door: Door
    listener: Listener
    line: Line | None = None

    @property
    def is_there(self) -> bool:
        return self.line is not None and self.line.is_open and self.listener.has_state

    async def come(self) -> None:
        """Until it has the state, or is turned away. OSError where the server is not there."""
        self.line = await connect(self.door, self.listener)
        await self.line.served.wait()


class Crowd:
    def __init__(self) -> None:
        self.members: list[Member] = []
        self.stopwatch = Stopwatch()

    async def open(self, doors: Iterable[Door], wishes: Sequence[Wish] = PAGE) -> list[Member]:
        """Returns once all of them have the state. NotThere says what they were told instead."""
        came = [Member(door, Listener(wishes, self.stopwatch.note)) for door in doors]
        self.members += came
        turn = asyncio.Semaphore(_AT_ONCE)
        try:
            async with asyncio.timeout(OPENED_WITHIN_S):
                await asyncio.gather(*(_come(member, turn) for member in came))
        except TimeoutError as error:
            raise NotThere(f"of {len(came)} clients {self.describe(came)}") from error
        if not all(member.is_there for member in came):
            raise NotThere(f"of {len(came)} clients {self.describe(came)}")
        return came

    async def measure(self, seconds: float) -> Delays:
        with self.stopwatch.measuring() as delays:
            await asyncio.sleep(seconds)
        return delays

    def describe(self, members: Iterable[Member]) -> str:
        """How many are in which state."""
        states = Counter(_state(member) for member in members)
        return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))

    def lost(self, writes: Sequence[float], delays: Delays) -> int:
        """How much did not come that had to: events, states that no newer one followed at once, and connections."""
        written = [at for at in writes if delays.began_at <= at <= delays.ended_at]
        due = {at for at, after in pairwise(written) if after - at > CONFLATED_S}
        return sum(_lost(member, due) for member in self.members)

    @property
    def repeats(self) -> int:
        return sum(member.listener.repeats + member.listener.backward for member in self.members)

    def leave(self) -> None:
        for member in self.members:
            if member.line:
                member.line.cut()
        self.members.clear()


async def settled(crowd: Crowd, last: float, within: float = 2.0) -> int:
    """Waits until everybody has this price or a newer one; how many got neither."""
    deadline = time.monotonic() + within
    while missing := sum(not member.listener.prices or member.listener.prices[-1] < last for member in crowd.members):
        if time.monotonic() > deadline:
            return missing
        await asyncio.sleep(0.02)
    return 0


async def _come(member: Member, turn: asyncio.Semaphore) -> None:
    async with turn:
        await member.come()


def _state(member: Member) -> str:
    line = member.line
    if line is None or line.status == 0:
        return "without an answer"
    if not line.is_open:
        return f"answered {line.status}, closed {line.code}, errors {member.listener.errors[-1:]}"
    return "with the state" if member.is_there else f"open, errors {member.listener.errors[-3:]}"


def _lost(member: Member, due: set[float]) -> int:
    return member.listener.holes + len(due.difference(member.listener.prices)) + (not member.is_there)
