"""The last events of a topic, for who comes back."""

import json

import pytest

from dashboard.feed.messages import Trades
from dashboard.protocol.commands import Place
from dashboard.window import KEPT, KEPT_BYTES, KEPT_S, Window
from tests.clock import ManualClock


def event(name: str = "BTC-USDT") -> Trades:
    return Trades(instrument=name, trades=[])


def offsets(texts: list[str] | None) -> list[int] | None:
    return None if texts is None else [json.loads(text)["offset"] for text in texts]


def test_whoever_says_what_it_saw_gets_what_came_since() -> None:
    """C10: exactly that, in order."""
    window = Window(ManualClock())
    told = [window.add(event()) for _ in range(5)]
    assert offsets(told) == [1, 2, 3, 4, 5]
    assert window.since(Place(window.epoch, 2)) == told[2:]
    assert window.since(Place(window.epoch, 5)) == []
    assert window.since(Place(window.epoch, 0)) == told


@pytest.mark.parametrize("offset", [6, 10**12])
def test_a_place_that_was_never_told_is_not_known(offset: int) -> None:
    """Neither one of the future, nor one of another epoch."""
    window = Window(ManualClock())
    for _ in range(5):
        window.add(event())
    assert window.since(Place(window.epoch, offset)) is None
    assert window.since(Place("another", 3)) is None


async def test_three_hundred_and_a_minute_are_kept() -> None:
    """F-18: whichever is more; what is older is not known exactly."""
    clock = ManualClock()
    window = Window(clock)
    for _ in range(KEPT + 100):
        window.add(event())
    assert len(window.since(Place(window.epoch, 0)) or []) == KEPT + 100
    await clock.advance(KEPT_S + 1)
    window.add(event())
    assert window.since(Place(window.epoch, 100)) is None
    assert len(window.since(Place(window.epoch, 101)) or []) == KEPT


def test_its_memory_is_bounded() -> None:
    """However much comes within a minute."""
    window = Window(ManualClock())
    for _ in range(20):
        window.add(event("x" * (KEPT_BYTES // 10)))
    assert len(window.since(Place(window.epoch, 11)) or []) == 9
    assert window.since(Place(window.epoch, 10)) is None


def test_nobody_goes_on_from_before_something_may_have_been_missed() -> None:
    """A new epoch begins, and every place before it is void."""
    window = Window(ManualClock())
    window.add(event())
    before = Place(window.epoch, 1)
    window.begin_anew()
    assert window.since(before) is None
    assert json.loads(window.snapshot(event())) | {"epoch": window.epoch, "offset": 0, "is_snapshot": True} == (
        json.loads(window.snapshot(event()))
    )
    assert window.since(Place(window.epoch, 0)) == []
