"""One look at a site over real sockets: what is answered, what is refused, and who does not answer at all."""

import json
import socket
from collections.abc import Iterator

import msgspec
import pytest

from dashboard.terminal.look import Exit, Look, look
from dashboard.terminal.source import Site, Unreachable, ask
from omega_site.probes import free_port
from tests.dashboard.terminal.samples import HEALTH, METRICS, NOON, REDIS
from tests.dashboard.terminal.scripted import Scripted, answering

ANSWERS = {"/health": HEALTH, "/metrics": METRICS, "/redis/status": REDIS}


@pytest.fixture
def script() -> Iterator[Scripted]:
    with answering({path: (200, msgspec.json.encode(answer)) for path, answer in ANSWERS.items()}) as script:
        yield script


def seen(script: Scripted) -> Look:
    return look(Site("127.0.0.1", script.port, "secret"))


def test_three_answers_are_one_look(script: Scripted) -> None:
    """L-15: with the token, which nothing but the header holds."""
    answers = seen(script).answers
    assert answers
    assert (answers.status, answers.health, answers.metrics, answers.redis) == ("healthy", HEALTH, METRICS, REDIS)
    assert script.asked == [(path, "Bearer secret") for path in ANSWERS]


def test_scripts_get_one_document_of_one_line(script: Scripted) -> None:
    """L-15: `--json`: the three answers as they came, and what was refused."""
    script.answers["/metrics"] = (403, b'{"error": "not yours"}')
    document = seen(script).document(Site("127.0.0.1", script.port), NOON)
    assert b"\n" not in document
    told = json.loads(document)
    assert told["reachable"] is True
    assert told["health"]["last_price"] == "97123.45000000"
    assert told["redis"]["active"] == "failover"
    assert told["metrics"] is None
    assert told["refusals"] == {"metrics": "not yours"}


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [("healthy", 200, Exit.SERVES), ("degraded", 200, Exit.SERVES), ("unhealthy", 503, Exit.UNHEALTHY)],
)
def test_exit_code_follows_the_status(script: Scripted, status: str, code: int, expected: Exit) -> None:
    """L-15: healthy and degraded 0, unhealthy 1; the body of a 503 is read as well."""
    script.answers["/health"] = (code, msgspec.json.encode({"status": status}))
    assert seen(script).exit is expected


def test_nobody_at_the_address() -> None:
    """L-16: unreachable, with the reason, and 2 for scripts."""
    gone = look(Site("127.0.0.1", free_port()))
    assert (gone.exit, gone.why) == (Exit.UNREACHABLE, "connection refused")
    assert json.loads(gone.document(Site("127.0.0.1", 1), NOON))["health"] is None


def test_who_says_nothing_is_not_waited_for() -> None:
    """A server that hangs takes the connection and is silent."""
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(Unreachable, match="does not answer in time"):
        ask(Site("127.0.0.1", mute.getsockname()[1]), patience_s=0.05)


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (404, b"no such page", "HTTP 404"),
        (301, b"", "HTTP 301"),
        (400, b"", "HTTP 400"),
        (200, b"<html>", "no JSON"),
        (200, b'{"status": 7}', "another version"),
        (200, b"[]", "another version"),
    ],
)
def test_something_else_answers(script: Scripted, status: int, body: bytes, why: str) -> None:
    """Another program on that port is said to be one."""
    script.answers["/health"] = (status, body)
    assert why in seen(script).why


def test_nobody_is_followed_elsewhere(script: Scripted) -> None:
    """The token is for the server that was named: a redirect is no answer."""
    script.answers["/health"] = (301, b"")
    assert seen(script).exit is Exit.UNREACHABLE
    assert len(script.asked) == 1
