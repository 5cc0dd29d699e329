"""The load client: it cuts frames out of bytes however they come, and sees what is missing. A blind one passes all."""

import json
from typing import Any

import pytest

from tests.faults import wire
from tests.load.frames import FrameReader, masked
from tests.load.listener import Listener

AT = "2026-03-01T12:00:00.{:06}Z"
TAPE = {"topic": "trades", "instrument": "BTC-USDT"}


def said(*messages: dict[str, Any]) -> bytes:
    return json.dumps(messages).encode()


def answered(listener: Listener, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(answer) for answer in listener.hear(said(*messages), 0.0)]


def event(offset: int, epoch: str = "a", **more: Any) -> dict[str, Any]:
    known = {"type": "trades", "feed": "main", "instrument": "BTC-USDT", "epoch": epoch, "offset": offset}
    return {**known, **more}


def place(offset: int, epoch: str = "a") -> dict[str, Any]:
    return {"type": "offset", "topic": "trades", "feed": "main", "about": "BTC-USDT", "epoch": epoch, "offset": offset}


def price(micros: int) -> dict[str, Any]:
    return {"type": "price", "feed": "main", "instrument": "BTC-USDT", "received_at": AT.format(micros)}


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_frame_is_read_wherever_its_bytes_are_cut(size: int) -> None:
    """All three forms of a length, at each byte of the head, and two frames in one piece."""
    payload = b"x" * size
    data = wire.frame(payload) + wire.frame(b"end")
    for cut in (0, 1, 2, 3, 9, 10, len(data) - 1):
        reader = FrameReader()
        frames = [*reader.feed(data[:cut]), *reader.feed(data[cut:])]
        assert frames == [(wire.TEXT, payload), (wire.TEXT, b"end")]


def test_own_frames_have_a_mask() -> None:
    """A server closes for one without."""
    assert masked(b"ab") == bytes([0x81, 0x82, 0, 0, 0, 0]) + b"ab"


@pytest.mark.parametrize(
    ("frames", "holes", "repeats"),
    [
        ([[event(1), event(2)], [event(3)]], 0, 0),
        ([[event(1)], [event(4)]], 2, 0),
        ([[event(1)], [event(2)], [event(2)]], 0, 1),
        ([[event(1)], [place(3)], [event(4)]], 2, 0),
        # The place was told before the last event was, and comes after it.
        ([[event(1), event(2), place(1)], [event(3)]], 0, 0),
        ([[event(7, is_snapshot=True)], [event(8)]], 0, 0),
        ([[event(1)], [event(1, "b"), event(2, "b")]], 0, 0),
    ],
)
def test_holes_and_repeats_are_counted(frames: list[list[dict[str, Any]]], holes: int, repeats: int) -> None:
    """C10: by the events themselves, and by the places that the server tells."""
    listener = Listener([TAPE])
    for frame in frames:
        listener.hear(said(*frame), 0.0)
    assert (listener.holes, listener.repeats) == (holes, repeats)


def test_prices_are_timed_once_and_never_go_back() -> None:
    """C1: late by the writer's clock; one that is older than the last is counted, and not timed."""
    late: list[float] = []
    listener = Listener([], late.append)
    for micros in (100_000, 200_000, 200_000, 150_000):
        listener.hear(said(price(micros)), 1_772_366_400.5)
    assert late == pytest.approx([0.4, 0.3])
    assert listener.backward == 1


def test_ticks_are_answered_and_a_greeting_with_the_last_place() -> None:
    """Flow control counts frames, also such as it was not told of; who comes back says what it had last."""
    listener = Listener([TAPE])
    listener.hear(said(event(5)), 0.0)
    assert answered(listener, {"type": "tick"})[0] == {"type": "pong", "frames": 2}
    listener.begin()
    (answer,) = answered(listener, {"type": "hello", "resume": "r"})
    assert answer["topics"] == [{**TAPE, "after": {"epoch": "a", "offset": 5}}]


ETHER = {"topic": "trades", "instrument": "ETH-USDT"}
SIGNALS = {"topic": "published", "name": "ada/signals"}


def published(offset: int, epoch: str = "a") -> dict[str, Any]:
    return {"type": "published", "topic": "ada/signals", "epoch": epoch, "offset": offset}


def subscribed(is_recovered: bool, *wishes: dict[str, Any]) -> dict[str, Any]:
    return {"type": "subscribed", "topics": [{"wish": wish, "recovered": is_recovered} for wish in wishes]}


@pytest.mark.parametrize(
    ("is_recovered", "then", "holes"),
    [
        (True, [event(6)], 0),
        (True, [], 0),
        # In place of what was promised: of three events, of none, and of nobody knows how many.
        (True, [event(8, is_snapshot=True)], 3),
        (True, [event(5, is_snapshot=True)], 1),
        (True, [event(0, "b", is_snapshot=True)], 1),
        (True, [event(8)], 2),
        (True, [published(5)], 1),
        (False, [event(8, is_snapshot=True), event(9)], 0),
        (False, [published(9), published(10)], 0),
    ],
)
def test_a_promise_is_held_or_it_is_a_hole(is_recovered: bool, then: list[dict[str, Any]], holes: int) -> None:
    """C10: a hub that sends the state, and says that all that was missed follows, has lost it."""
    listener = Listener([TAPE, ETHER, SIGNALS])
    listener.hear(said(event(5), event(70, instrument="ETH-USDT"), published(3)), 0.0)
    listener.begin()
    listener.hear(said(subscribed(is_recovered, TAPE, SIGNALS), subscribed(True, ETHER), *then), 0.0)
    assert (listener.holes, listener.repeats) == (holes, 0)


def test_each_topic_goes_on_from_its_own_place() -> None:
    """C10: of several instruments, and of what is published under a name."""
    listener = Listener([TAPE, ETHER, SIGNALS, {"topic": "health"}])
    listener.hear(said(event(5), event(70, instrument="ETH-USDT"), published(3)), 0.0)
    wishes = answered(listener, {"type": "hello", "resume": "r"})[0]["topics"]
    assert [wish.get("after", {}).get("offset") for wish in wishes] == [5, 70, 3, None]


def test_who_comes_back_says_who_it_was() -> None:
    """C9: with the newest token that it was given, and before it subscribes."""
    listener = Listener([TAPE])
    answered(listener, {"type": "hello", "resume": "first"}, {"type": "renewal", "resume": "second"})
    listener.begin()
    answers = answered(listener, {"type": "hello", "resume": "third"})
    assert answers[0] == {"type": "resume", "token": "second"}
    assert [answer["type"] for answer in answers] == ["resume", "subscribe"]
    assert listener.resume == "third"
