"""Ten thousand cuts: clients are cut off at any moment, and come back to the hub with the last places that they saw."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

import msgspec
import pytest

from dashboard.archive import Archive, Missed
from dashboard.audience import Interest
from dashboard.hub import Hub
from dashboard.outbox import Outbox
from dashboard.protocol.commands import Place
from dashboard.protocol.topics import Topic
from dashboard.window import KEPT_S
from feeds.clock import Clock
from tests.clock import ManualClock
from tests.dashboard.forgetful import Forgetful
from tests.dashboard.market import INSTRUMENTS, MARKET, NAMES, PUBLISHED, STEP_S, Market

CUTS, CLIENTS = 10_000, 60
WISHES = {
    MARKET: [Interest(Topic.TRADES, instrument) for instrument in INSTRUMENTS],
    PUBLISHED: [Interest(Topic.PUBLISHED, name) for name in NAMES],
}
# Of the times that somebody is away: how often longer than anything is kept. How often all are away at once.
LONG, EMPTY = 0.005, 0.004


class Line(msgspec.Struct):
    id: int


class Data(msgspec.Struct):
    n: int


class Said(msgspec.Struct):
    """A message of the hub, as far as it is looked at."""

    type: str
    instrument: str = ""
    topic: str = ""
    epoch: str = ""
    offset: int = 0
    is_snapshot: bool = False
    trades: list[Line] = []
    data: Data | None = None

    @property
    def interest(self) -> Interest:
        return Interest(Topic(self.type), self.instrument or self.topic)

    @property
    def numbers(self) -> list[int]:
        return [self.data.n] if self.data else [line.id for line in self.trades]


decode = msgspec.json.Decoder(list[Said], strict=False).decode


class Visitor:
    """Comes and goes. What it has not read when it is cut off never reached it."""

    def __init__(self, hub: Hub, market: Market, clock: ManualClock) -> None:
        self._hub, self._market, self._clock = hub, market, clock
        self._places: dict[Interest, Place] = {}
        self._numbers: dict[Interest, int] = {}
        self._recovered: set[Interest] = set()
        # With when it came.
        self._frames: list[tuple[float, str]] = []
        self._doubts = 0
        self._seen_at = self.back_at = 0.0
        self.outbox: Outbox | None = None

    def come(self) -> Counter[bool]:
        """How often it goes on where it was, and how often not."""
        self.outbox = outbox = Outbox()
        self._frames, self._doubts = [], self._market.doubts
        self._reading = asyncio.create_task(self._read(outbox))
        self._recovered, had_places = set(), set(self._places)
        for source, wishes in WISHES.items():
            self._recovered |= self._hub.subscribe(outbox, source, {wish: self._places.get(wish) for wish in wishes})
        for wish in had_places - self._recovered:
            assert self._may_lose_its_place, f"{wish} has lost its place for nothing"
            # It forgets what it had, as the answer tells it to.
            del self._places[wish], self._numbers[wish]
        return Counter(wish in self._recovered for wish in had_places)

    def look(self, most: int = sys.maxsize) -> None:
        """Reads so many of the frames that came, in order."""
        assert self.outbox is not None
        assert self.outbox.closed is None, "who takes everything is closed as too slow"
        for at, frame in self._frames[:most]:
            self._seen_at = at
            for said in decode(frame):
                if said.type in (Topic.TRADES, Topic.PUBLISHED):
                    self._take(said)
        del self._frames[:most]

    def go(self, back_at: float) -> None:
        """Cut off: the connection is gone on both sides."""
        assert self.outbox is not None
        self._reading.cancel()
        self._hub.leave(self.outbox)
        self.outbox = None
        self.back_at = back_at

    @property
    def numbers(self) -> Mapping[str, int]:
        return {interest.about: number for interest, number in self._numbers.items()}

    @property
    def _may_lose_its_place(self) -> bool:
        """Within a minute none is lost, but where the source was in doubt, or there is too much to make good."""
        away_s = self._clock.monotonic() - self._seen_at
        return away_s >= KEPT_S or self._market.odd_at >= self._seen_at - STEP_S

    async def _read(self, outbox: Outbox) -> None:
        while frame := await outbox.take():
            self._frames.append((self._clock.monotonic(), frame.text))

    def _take(self, said: Said) -> None:
        wish = said.interest
        if said.is_snapshot:
            is_doubt = self._market.doubts > self._doubts
            assert wish not in self._recovered or is_doubt, f"a snapshot of {wish} in place of what was missed"
        elif (last := self._numbers.get(wish)) is not None:
            assert said.numbers[0] == last + 1, f"a hole, or a repeat, of {wish}"
        self._numbers[wish], self._places[wish] = said.numbers[-1], Place(epoch=said.epoch, offset=said.offset)


async def play(clock: ManualClock, make_hub: type[Hub] = Hub, cuts: int = CUTS) -> Counter[bool]:
    """So many cuts, and now and then all are away; how often somebody went on where it was, and how often not."""
    chance = Random(10)
    market = Market(chance, clock)
    hub = make_hub(clock, market.open_source)
    visitors = [Visitor(hub, market, clock) for _ in range(CLIENTS)]
    answers = Counter[bool]()
    while cuts > 0:
        market.go_on()
        await clock.advance(STEP_S)
        is_empty = chance.random() < EMPTY
        empty_until = clock.monotonic() + chance.uniform(0, 2) * KEPT_S
        for visitor in visitors:
            if visitor.outbox is None:
                if not is_empty and clock.monotonic() >= visitor.back_at:
                    answers += visitor.come()
                continue
            visitor.look(chance.randrange(4))
            if is_empty or chance.random() < 0.3:
                away_s = chance.uniform(1, 2) * KEPT_S if chance.random() < LONG else chance.random()
                visitor.go(empty_until if is_empty else clock.monotonic() + away_s)
                cuts -= 1
        if is_empty:
            for visitor in visitors:
                visitor.back_at = max(visitor.back_at, empty_until)
    await settle(clock, market, visitors)
    return answers


async def settle(clock: ManualClock, market: Market, visitors: list[Visitor]) -> None:
    """All are back, hear the same, and leave."""
    for visitor in visitors:
        if visitor.outbox is None:
            visitor.come()
    market.go_on()
    await clock.advance(1.0)
    for visitor in visitors:
        visitor.look()
        assert visitor.numbers.items() <= market.numbers.items()
        visitor.go(0)
    await clock.advance(2 * KEPT_S)


async def test_ten_thousand_cuts_leave_no_hole_and_no_repeat(clock: ManualClock) -> None:
    """C10, W-09: who comes back within the window gets exactly what it missed; who is too late is told so."""
    answers = await play(clock)
    assert answers[True] > 4 * answers[False] > 0


def generous(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks it: however much was missed, it is put into the outbox."""
    exact = Archive.missed

    def missed(self: Archive, wanted: Mapping[Interest, Place | None], room: int) -> Missed:
        return exact(self, wanted, sys.maxsize)

    monkeypatch.setattr(Archive, "missed", missed)


def nostalgic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks it: what is kept outlives its reader, so that nobody sees what came while nobody read."""
    kept: list[Archive] = []

    def archive(clock: Clock) -> Archive:
        kept.append(Archive(clock))
        return kept[0]

    monkeypatch.setattr("dashboard.pulse.Archive", archive)


async def test_a_hub_that_replays_nothing_is_caught(clock: ManualClock) -> None:
    """C10: the proof above is one."""
    with pytest.raises(AssertionError, match="in place of what was missed"):
        await play(clock, Forgetful)


@pytest.mark.parametrize(
    ("spoil", "what"), [(generous, "closed as too slow"), (nostalgic, "a hole, or a repeat, of .*published")]
)
async def test_an_archive_that_replays_too_much_is_caught(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[pytest.MonkeyPatch], None], what: str
) -> None:
    """C10: more than there is room for, and what it did not see all of."""
    spoil(monkeypatch)
    with pytest.raises(AssertionError, match=what):
        await play(clock)
