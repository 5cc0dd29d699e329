"""`manage.py listen`: against the real consumers, and as a program."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from msgspec import Raw
from pytest_django import Settings

from dashboard.feed.messages import Price
from dashboard.listening.line import Address, Line
from dashboard.listening.listener import Heard, Listener
from dashboard.management.commands.listen import Command, _token, _wishes
from dashboard.protocol import answers
from dashboard.protocol.commands import Wish
from dashboard.protocol.message import encoded
from dashboard.protocol.topics import Topic
from dashboard.publication import Published
from feeds.clock import SystemClock
from omega_site.asgi import broadcast_application
from omega_site.probes import free_port
from tests.dashboard.conftest import Visitor, Writer
from tests.dashboard.listening.scripted import Peer, playing
from tests.dashboard.protocol import frames
from tests.dashboard.samples import NOON, trade
from tests.dashboard.sockets.talking import make_token
from tests.omega_site.holding import serving
from tests.waiting import wait_until

_ENVIRONMENT = {**os.environ, "OMEGA_API_TOKEN": "secret", "DJANGO_SETTINGS_MODULE": "tests.settings"}
ROOT = Path(__file__).resolve().parents[3]


def wishes(*arguments: str) -> list[Wish]:
    parser = Command().create_parser("manage.py", "listen")
    return _wishes(vars(parser.parse_args(list(arguments))))


def test_options_are_about_the_topics_that_have_them() -> None:
    """A feed's name is nothing to an account, and a topic that is named twice is wished for once."""
    arguments = ["price", "positions", "published", "price", "--feed", "main", "--account", "3", "--name", "ada/x"]
    assert wishes(*arguments, "--instrument", "BTC-USDT", "--instrument", "ETH-USDT") == [
        Wish(Topic.PRICE, feed="main", instrument="BTC-USDT"),
        Wish(Topic.PRICE, feed="main", instrument="ETH-USDT"),
        Wish(Topic.POSITIONS, account=3),
        Wish(Topic.PUBLISHED, name="ada/x"),
    ]


def test_the_token_is_in_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never an argument: those are shown in lists of processes."""
    monkeypatch.delenv("OMEGA_API_TOKEN", raising=False)
    monkeypatch.setattr(sys, "stdin", (tmp_path / "empty").open("w+"))
    with pytest.raises(CommandError, match="Which API token"):
        _token(None)
    monkeypatch.setenv("OMEGA_API_TOKEN", "from_the_environment")
    assert _token(None) == "from_the_environment"
    (tmp_path / "token").write_text("from_a_file\n")
    assert _token(tmp_path / "token") == "from_a_file"
    with pytest.raises(CommandError, match="cannot be read"):
        _token(tmp_path / "none")


def test_what_is_no_authority_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is connected to."""
    monkeypatch.setenv("OMEGA_API_TOKEN", "x")
    (tmp_path / "ca").write_text("no certificate")
    with pytest.raises(CommandError, match="holds no certificate"):
        call_command("listen", "price", ca=tmp_path / "ca")


def test_who_finds_nobody_is_told_how_to_name_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """W-09: the ports may be closed, or others than those of this terminal."""
    monkeypatch.setenv("OMEGA_API_TOKEN", "x")
    monkeypatch.setattr("dashboard.listening.line.RETRY_AFTER", 0.0)
    monkeypatch.setattr("dashboard.listening.line.JITTER", 0.0)
    url = f"ws://127.0.0.1:{free_port()}"
    with pytest.raises(CommandError, match=f"Does the site listen at {url}. Else say --url, or set WEBSOCKET_PORT"):
        call_command("listen", "price", url=url)


@pytest.mark.django_db(transaction=True)
async def test_a_cut_loses_no_trade(settings: Settings, writer: Writer, visitor: Visitor) -> None:
    """W-06, C10: what happens while the client is away is told once it is back, by the sockets of the site itself."""
    heard: list[Heard] = []
    listener = Listener([Wish(Topic.TRADES)])
    token = await make_token(visitor.user)

    def seen() -> list[str]:
        messages = [json.loads(bytes(part.raw)) for each in heard for part in each.parts]
        return [each["id"] for message in messages for each in message.get("trades", [])]

    async with serving(settings, broadcast_application) as port:
        line = Line(Address(f"ws://127.0.0.1:{port}", token), heard.append, SystemClock())
        await writer.log(trade(1, "1"))
        async with following(line, listener):
            await wait_until(lambda: len(seen()) == 1)
        await writer.log(trade(2, "2"), trade(3, "3"))
        async with following(line, listener):
            await wait_until(lambda: len(seen()) == 3)
            await writer.log(trade(4, "4"))
            await wait_until(lambda: len(seen()) == 4)
    notes = [note for each in heard for note in each.notes]
    assert seen() == [f"binance {number}" for number in (1, 2, 3, 4)]
    assert [note.split()[0] for note in notes] == ["Connected", "Connected", "It"]


@asynccontextmanager
async def following(line: Line, listener: Listener) -> AsyncIterator[None]:
    """Until it is cut off."""
    task = asyncio.create_task(line.follow(listener))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_prints_one_message_a_line_until_it_is_ended() -> None:
    """A program of its own: JSON on the one side, notes on the other, and 0 after SIGTERM."""
    published = Published(topic="ada/x", at=NOON, data=Raw(b'{"n":1}'), epoch="e", offset=1)

    async def tell(peer: Peer) -> None:
        await peer.greet()
        await peer.say(published)
        await peer.connection.wait_closed()

    async with playing(tell) as port:
        program = await _started("published", "--json", "--url", f"ws://127.0.0.1:{port}")
        line = await asyncio.wait_for(program.stdout.readline(), 20)
        program.send_signal(signal.SIGTERM)
        _, notes = await asyncio.wait_for(program.communicate(), 10)
    assert json.loads(line) == json.loads(encoded(published))
    assert (program.returncode, notes.decode().splitlines()) == (0, ["Connected as ada, client c-1."])


async def _started(*arguments: str) -> Any:
    command = [sys.executable, "manage.py", "listen", *arguments]
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, cwd=ROOT, env=_ENVIRONMENT)


async def test_the_client_of_the_documentation_works() -> None:
    """docs/websocket.md: it subscribes, answers ticks and prints prices."""
    page = (ROOT / "docs" / "websocket.md").read_text()
    program = page.split("```python\n")[1].split("```")[0]
    prices = [message for message in frames.of_feed() if isinstance(message, Price)]
    pongs = []

    async def tell(peer: Peer) -> None:
        await peer.greet()
        await peer.say(answers.Tick(now=NOON))
        pongs.append(await peer.hear())
        await peer.say(*prices)

    async with playing(tell) as port:
        here = program.replace("localhost:9886", f"127.0.0.1:{port}")
        client = await asyncio.create_subprocess_exec(sys.executable, "-c", here, stdout=PIPE, env=_ENVIRONMENT)
        printed, _ = await asyncio.wait_for(client.communicate(), 20)
    assert (printed, pongs) == (b"BTC-USDT 64000.00\n", [{"type": "pong", "frames": 3}])
