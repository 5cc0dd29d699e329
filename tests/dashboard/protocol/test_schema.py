"""The JSON schema: the file is that of the types, real frames are valid by it, and both sides refuse the same."""

import json
from typing import Any, Final, get_args

import pytest
from jsonschema import Draft202012Validator

from dashboard.protocol import schema, told
from dashboard.protocol.answers import Tick
from dashboard.protocol.commands import Said, decode
from tests.dashboard.protocol import frames

SCHEMA: Final = schema.schema()


def validator(part: str) -> Any:
    return Draft202012Validator({**SCHEMA, "anyOf": [{"$ref": f"#/$defs/{part}"}]})


COMMAND, FRAME = validator("command"), validator("frame")

GOOD: Final[list[dict[str, Any]]] = [
    {"type": "auth", "token": "omega_1"},
    {"type": "resume", "id": 1, "token": "signed"},
    {"type": "subscribe", "id": 2, "topics": [{"topic": "price", "feed": "main", "instrument": "BTC-USDT"}]},
    {"type": "subscribe", "topics": [{"topic": "trades", "after": {"epoch": "7d1a", "offset": 17}}]},
    {"type": "unsubscribe", "topics": [{"topic": "positions", "account": 3}, {"topic": "published", "name": "ada/x"}]},
    {"type": "publish", "name": "signals", "data": {"side": "buy", "deep": [{"er": None}]}},
    {"type": "pong", "frames": 0},
    {"type": "ping"},
    {"type": "painted", "received_at": "2026-03-01T12:00:00Z"},
]
BAD: Final[list[Any]] = [
    [],
    "subscribe",
    None,
    {},
    {"type": 1},
    {"type": "shutdown"},
    {"type": "ping", "sudo": True},
    {"type": "ping", "id": "1"},
    {"type": "pong"},
    {"type": "pong", "frames": -1},
    {"type": "pong", "frames": 1.5},
    {"type": "auth", "token": "a" * 201},
    {"type": "resume", "token": "a" * 1001},
    {"type": "subscribe", "topics": []},
    {"type": "subscribe", "topics": {"topic": "price"}},
    {"type": "subscribe", "topics": [{"topic": "price"}] * 51},
    {"type": "subscribe", "topics": [{"topic": "passwords"}]},
    {"type": "subscribe", "topics": [{"topic": "price", "instrument": "B" * 65}]},
    {"type": "subscribe", "topics": [{"topic": "price", "where": "1=1"}]},
    {"type": "subscribe", "topics": [{"topic": "positions", "account": "1"}]},
    {"type": "subscribe", "topics": [{"topic": "trades", "after": {"epoch": "7d1a"}}]},
    {"type": "subscribe", "topics": [{"topic": "trades", "after": {"epoch": "7d1a", "offset": -1}}]},
    {"type": "publish", "name": "Signals", "data": {}},
    {"type": "publish", "name": "../x", "data": {}},
    {"type": "publish", "name": "x" * 33, "data": {}},
    {"type": "publish", "name": "signals", "data": [1]},
    {"type": "painted", "received_at": 1},
]


def is_decoded(command: object) -> bool:
    try:
        decode(json.dumps(command))
    except ValueError:
        return False
    return True


def test_the_file_is_made_of_the_types() -> None:
    """docs/websocket.schema.json says what the server does; `manage.py websocket_schema` writes it."""
    assert schema.PATH.read_text(encoding="utf-8") == schema.text()


def test_it_is_a_schema() -> None:
    """By its own draft, and nothing it refers to is missing."""
    Draft202012Validator.check_schema(SCHEMA)
    text = json.dumps(SCHEMA)
    referred = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
    assert referred == set(SCHEMA["$defs"])


def test_real_messages_of_every_type_are_valid() -> None:
    """What the server makes is what the schema says, and a client of ours understands each of them."""
    frame = frames.frame()
    FRAME.validate(json.loads(frame))
    parts = told.read(frame)
    assert {type(part.told) for part in parts} == set(get_args(told.Told))


@pytest.mark.parametrize("command", GOOD, ids=str)
def test_commands_are_valid(command: dict[str, Any]) -> None:
    """The schema and the server take the same."""
    COMMAND.validate(command)
    assert is_decoded(command)


def test_there_is_an_example_of_each_command() -> None:
    """None of them goes untested."""
    assert {command["type"] for command in GOOD} == {kind.__struct_config__.tag for kind in get_args(Said)}


@pytest.mark.parametrize("command", BAD, ids=str)
def test_hostile_commands_are_not(command: object) -> None:
    """C6: the schema and the server refuse the same."""
    assert not COMMAND.is_valid(command)
    assert not is_decoded(command)


@pytest.mark.parametrize("frame", [{}, "tick", [1], [{}], [{"type": "tick"}], [{"type": "tick", "now": 1}]], ids=str)
def test_hostile_frames_are_not(frame: object) -> None:
    """What is of no known shape, neither the schema nor a client of ours takes."""
    assert not FRAME.is_valid(frame)
    with pytest.raises(ValueError, match="no frame of protocol 2"):
        told.read(json.dumps(frame))


def test_what_a_later_version_says_is_left_aside() -> None:
    """A client does without types and fields that it does not know."""
    (news, tick) = told.read('[{"type":"weather","sun":1},{"type":"tick","now":"2026-03-01T12:00:00Z","leap":true}]')
    assert (news.told, bytes(news.raw)) == (None, b'{"type":"weather","sun":1}')
    assert isinstance(tick.told, Tick)
