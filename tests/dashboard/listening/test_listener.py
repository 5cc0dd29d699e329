"""A client's side of the protocol: nothing missing, nothing twice, whatever is lost, repeated or cut."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.feed.messages import Alerts, Trades
from dashboard.listening.listener import Heard, Listener, Refused
from dashboard.protocol import answers
from dashboard.protocol.commands import Place, Said, Subscribe, Wish, decode
from dashboard.protocol.message import Event, Message, encoded
from dashboard.protocol.topics import Topic
from dashboard.publication import Published
from dashboard.window import Window
from tests.clock import ManualClock

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HELLO = answers.Hello(now=NOON, client="c-1", user="ada", resume="first")
ALL_TRADES = Wish(Topic.TRADES)


def trades(offset: int, epoch: str = "e", *, is_snapshot: bool = False, instrument: str = "BTC-USDT") -> Trades:
    return Trades(feed="main", instrument=instrument, trades=[], epoch=epoch, offset=offset, is_snapshot=is_snapshot)


def offset(number: int, epoch: str = "e") -> answers.Offset:
    return answers.Offset(topic=Topic.TRADES, feed="main", about="BTC-USDT", epoch=epoch, offset=number)


def hear(listener: Listener, *messages: Message) -> Heard:
    return listener.hear(f"[{','.join(map(encoded, messages))}]")


def said(heard: Heard) -> list[Said]:
    return [decode(command) for command in heard.commands]


def shown(heard: Heard) -> list[int]:
    return [part.told.offset for part in heard.parts if isinstance(part.told, Event)]


def subscribed(*wishes: Wish, id: int = 1, recovered: bool | None = None) -> answers.Subscribed:
    return answers.Subscribed(id=id, topics=[answers.Taken(wish, recovered=recovered) for wish in wishes])


@pytest.fixture
def listener() -> Listener:
    """Of all trades, who has seen the one with the offset 10."""
    listener = Listener([ALL_TRADES])
    hear(listener, HELLO)
    hear(listener, subscribed(ALL_TRADES), trades(10, is_snapshot=True))
    return listener


def test_a_hello_is_answered_with_what_is_wished_for() -> None:
    """Nothing is resumed at first."""
    heard = hear(Listener([ALL_TRADES]), HELLO)
    assert said(heard) == [Subscribe(id=1, topics=[ALL_TRADES])]
    assert heard.notes == ["Connected as ada, client c-1."]


def test_a_tick_is_answered_with_the_number_of_frames(listener: Listener) -> None:
    """Flow control: each connection counts from one on."""
    tick = answers.Tick(now=NOON)
    assert [command.frames for command in said(hear(listener, tick)) if hasattr(command, "frames")] == [3]
    listener.connected()
    assert json.loads(hear(listener, tick).commands[0])["frames"] == 1


def test_events_are_shown_once_and_in_order(listener: Listener) -> None:
    """What was seen, and a snapshot of what was seen, is left out."""
    heard = hear(listener, trades(11), trades(11), trades(10), trades(11, is_snapshot=True), trades(12))
    assert shown(heard) == [11, 12]
    assert heard.commands == []


@pytest.mark.parametrize("message", [trades(13), offset(12)], ids=["by the next event", "by the offset"])
def test_a_hole_is_noticed_and_filled(listener: Listener, message: Message) -> None:
    """C11: what is missing is asked for once, and what comes behind the hole waits for it."""
    heard = hear(listener, message)
    wish = Wish(Topic.TRADES, feed="main", instrument="BTC-USDT", after=Place("e", 10))
    assert (shown(heard), said(heard)) == ([], [Subscribe(id=2, topics=[wish])])
    assert hear(listener, message).commands == []
    heard = hear(listener, subscribed(wish, id=2, recovered=True), trades(11), trades(12), trades(13))
    assert (shown(heard), heard.commands, heard.notes) == ([11, 12, 13], [], [])


def test_holes_are_asked_for_once_between_two_ticks(listener: Listener) -> None:
    """Whoever says more than two frames a second is closed by the server."""
    wish = Wish(Topic.TRADES, feed="main", instrument="BTC-USDT", after=Place("e", 10))
    assert hear(listener, trades(12)).commands
    assert hear(listener, subscribed(wish, id=2, recovered=True), trades(11), trades(14)).commands == []
    assert [command["type"] for command in map(json.loads, hear(listener, answers.Tick(now=NOON)).commands)] == [
        "pong",
        "subscribe",
    ]


def test_a_hole_that_the_same_frame_fills_is_none(listener: Listener) -> None:
    """What was under way when it was asked for comes before the answer."""
    heard = hear(listener, trades(12), trades(11), trades(12))
    assert (shown(heard), heard.commands) == ([11, 12], [])


def test_after_a_cut_it_goes_on_where_it_was(listener: Listener) -> None:
    """W-06: under its name, and after the last place of everything that it saw."""
    listener.connected()
    heard = hear(listener, answers.Hello(now=NOON, client="c-2", user="ada", resume="second"))
    wish = Wish(Topic.TRADES, feed="main", instrument="BTC-USDT", after=Place("e", 10))
    assert [msgspec.to_builtins(command) for command in said(heard)] == [
        {"type": "resume", "id": 2, "token": "first"},
        msgspec.to_builtins(Subscribe(id=3, topics=[ALL_TRADES, wish])),
    ]
    taken = [answers.Taken(ALL_TRADES), answers.Taken(wish, recovered=True)]
    heard = hear(listener, answers.Subscribed(id=3, topics=taken), trades(11), trades(12))
    assert (shown(heard), heard.notes, listener.is_served) == ([11, 12], [], True)


def test_the_newest_resume_token_is_used(listener: Listener) -> None:
    """A renewal replaces it; where it is refused, that of the new connection is good."""
    hear(listener, answers.Renewal(resume="renewed"))
    listener.connected()
    again = answers.Hello(now=NOON, client="c-2", user="ada", resume="second")
    command = json.loads(hear(listener, again).commands[0])
    assert command["token"] == "renewed"
    hear(listener, answers.Error(code=4403, text="This resume token is over.", id=command["id"]))
    listener.connected()
    assert json.loads(hear(listener, again).commands[0])["token"] == "second"


def test_what_cannot_be_replayed_is_told_to_people(listener: Listener) -> None:
    """C10: `recovered: false` is never taken for all that came; the snapshot begins anew."""
    listener.connected()
    wish = Wish(Topic.TRADES, feed="main", instrument="BTC-USDT", after=Place("e", 10))
    hear(listener, answers.Hello(now=NOON, client="c-2", user="ada", resume="second"))
    heard = hear(listener, subscribed(wish, id=3, recovered=False), trades(400, is_snapshot=True), trades(401))
    assert shown(heard) == [400, 401]
    (note,) = heard.notes
    assert note == "trades main BTC-USDT: the server cannot say what came meanwhile; some may be missing."


def test_another_epoch_is_told_to_people_once(listener: Listener) -> None:
    """The server's reader began anew while the socket was open."""
    heard = hear(listener, trades(0, "f", is_snapshot=True), trades(1, "f"), offset(1, "f"))
    assert (shown(heard), len(heard.notes)) == ([0, 1], 1)


def test_of_another_epoch_everything_is_asked_for(listener: Listener) -> None:
    """Where the first events of it are missing, the server still has them."""
    heard = hear(listener, trades(3, "f"))
    wish = Wish(Topic.TRADES, feed="main", instrument="BTC-USDT", after=Place("f", 0))
    assert (shown(heard), said(heard)) == ([], [Subscribe(id=2, topics=[wish])])


def test_places_are_those_of_topic_feed_and_instrument(listener: Listener) -> None:
    """What has offsets of its own has holes of its own."""
    published = Published(topic="ada/x", at=NOON, data=msgspec.Raw(b"{}"), epoch="p", offset=4)
    alerts = Alerts(feed="main", events=[], epoch="a", offset=7)
    heard = hear(listener, trades(90, "x", instrument="ETH-USDT"), alerts, published, trades(11))
    assert (shown(heard), heard.commands) == ([90, 7, 4, 11], [])


def test_a_wish_that_is_refused_leaves_the_others() -> None:
    """The refusal is told; only where nothing is left it is the end."""
    wishes = [Wish(Topic.TRAPS), ALL_TRADES]
    refusal = answers.Error(code=4503, text="No trap detector runs here yet.", id=1)
    listener = Listener(wishes)
    hear(listener, HELLO)
    assert hear(listener, refusal, subscribed(ALL_TRADES)).notes == ["No trap detector runs here yet."]
    assert listener.is_served
    lonely = Listener(wishes[:1])
    hear(lonely, HELLO)
    with pytest.raises(Refused, match="No trap detector"):
        hear(lonely, refusal, subscribed())


def test_why_a_connection_ends_is_kept(listener: Listener) -> None:
    """Close frames of some servers have no reason: the message before says it."""
    hear(listener, answers.Error(code=4001, text="An operator ended this."))
    assert listener.farewell == "An operator ended this."


def test_many_wishes_are_said_in_several_commands() -> None:
    """A command has fifty topics at most."""
    wishes = [Wish(Topic.PRICE, instrument=f"I-{number}") for number in range(120)]
    commands = [json.loads(command) for command in hear(Listener(wishes), HELLO).commands]
    assert [len(command["topics"]) for command in commands] == [50, 50, 20]


class Server:
    """Of one topic, behind a line that loses and repeats what it carries."""

    def __init__(self, listener: Listener) -> None:
        self.window = Window(ManualClock())
        self.shown: list[int] = []
        self._listener = listener
        self._texts: list[str] = []

    def happen(self, copies: int) -> None:
        """An event that comes so often: not at all, once or twice."""
        self._texts += [self.window.add(trades(0))] * copies

    def beat(self) -> None:
        self._texts += [encoded(answers.Tick(now=NOON)), encoded(offset(self.window.offset, self.window.epoch))]

    def cut(self) -> None:
        """What is on its way is lost, and the client comes back."""
        self._texts = [encoded(HELLO)]
        self._listener.connected()

    def deliver(self) -> None:
        """A frame, what it makes the client say, and the frames that answer that."""
        while self._texts:
            heard = self._listener.hear(f"[{','.join(self._texts)}]")
            self._texts = []
            self.shown += shown(heard)
            for command in map(json.loads, heard.commands):
                self._answer(command)

    def _answer(self, command: dict[str, Any]) -> None:
        if command["type"] == "subscribe":
            wishes = msgspec.convert(command["topics"], list[Wish])
            missed = {wish: self.window.since(wish.after) for wish in wishes if wish.after}
            taken = [answers.Taken(wish, recovered=missed[wish] is not None if wish.after else None) for wish in wishes]
            self._texts.append(encoded(answers.Subscribed(id=command["id"], topics=taken)))
            self._texts += [text for texts in missed.values() for text in texts or []]


@given(st.lists(st.sampled_from(["lost", "once", "once", "twice", "beat", "cut", "deliver"]), max_size=60))
def test_whatever_is_lost_or_cut_nothing_is_missing_and_nothing_comes_twice(story: list[str]) -> None:
    """C10, C11: within the window the client shows all of it, in order, as soon as an offset was told."""
    server = Server(Listener([ALL_TRADES]))
    server.cut()
    server.happen(1)
    server.deliver()
    for step in story:
        if step in ("lost", "once", "twice"):
            server.happen(["lost", "once", "twice"].index(step))
        else:
            getattr(server, step)()
    for _ in range(2):
        server.beat()
        server.deliver()
    assert server.shown == list(range(1, server.window.offset + 1))
