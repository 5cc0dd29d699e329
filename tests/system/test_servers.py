"""The two programs with sockets, web and broadcast, as a process manager runs them: their ports and their end."""

import json
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from trustme import CA
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from dashboard.tokens import secret
from omega_site.probes import free_port, is_free
from tests.system.stack import Stack, running_stack
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system
# What the product promises is 10 s; our supervisor kills after 3.5 s.
END_WITHIN_S = 3.5
PROGRAMS = ("web", "broadcast")


@pytest.fixture(scope="module")
def authority() -> CA:
    return CA()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, authority: CA) -> Iterator[Stack]:
    """A database with one user, and a certificate; all ports are the test's own."""
    folder = tmp_path_factory.mktemp("servers")
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    for stack in running_stack(folder):
        for name in ("WEBSOCKET_PORT", "WEBSOCKET_SSL_PORT"):
            stack.environment[name] = str(free_port())
        for name in ("WEBSOCKET_SSL_CERT", "WEBSOCKET_SSL_KEY"):
            stack.environment[name] = str(folder / "both.pem")
        stack.start_redis()
        stack.migrate()
        yield stack


@pytest.fixture
def token(stack: Stack) -> Iterator[str]:
    """An API token of the user."""
    text = secret.make()
    kept = secret.parse(text)
    stack.execute(
        "INSERT INTO dashboard_apitoken (owner_id, name, prefix, digest, topics, may_publish, expires_at)"
        " VALUES (1, 'test', ?, ?, '[]', 0, '2100-01-01')",
        *kept,
    )
    yield text
    stack.execute("DELETE FROM dashboard_apitoken WHERE prefix = ?", kept.prefix)


@pytest.fixture(scope="module", params=PROGRAMS)
def program(request: pytest.FixtureRequest, stack: Stack) -> Iterator[str]:
    """A program that is ready. The last of its tests ends it."""
    name: str = request.param
    start(stack, name)
    yield name
    if name in stack.processes:
        stack.end(name, "kill")


def start(stack: Stack, name: str) -> "subprocess.Popen[bytes]":
    (stack.folder / f"{name}.log").unlink(missing_ok=True)
    process = stack.start(name, sys.executable, "-m", "omega_site.programs", name)
    wait_until(lambda: is_ready(stack, name) or process.poll() is not None, 20, f"{name} is ready")
    assert process.poll() is None, stack.log(name)
    return process


def is_ready(stack: Stack, name: str) -> bool:
    return stack.is_web_up() if name == "web" else "listening on" in stack.log(name)


def port_of(stack: Stack, program: str) -> int:
    return stack.web_port if program == "web" else int(stack.environment["WEBSOCKET_PORT"])


def greeting(opened: ClientConnection) -> str:
    """The type of the first message."""
    return str(json.loads(opened.recv(timeout=5))[0]["type"])


def handshake_of(address: str, port: int) -> socket.socket:
    """Asked for by a client at this address, below any library; the answer is still to be read."""
    opened = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(address, 0))
    opened.sendall(
        b"GET /ws/v2/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    return opened


def raw_socket(port: int) -> socket.socket:
    """What is not read of it is not taken."""
    opened = handshake_of("127.0.0.1", port)
    assert b" 101 " in opened.recv(4096)
    return opened


def closed_with(opened: ClientConnection) -> tuple[int | None, list[str]]:
    """The code, and the types and codes of the last messages before it."""
    said: list[str] = []
    try:
        while True:
            said += [f"{each['type']} {each.get('code', '')}" for each in json.loads(opened.recv(timeout=10))]
    except ConnectionClosed:
        return opened.protocol.close_code, said


@pytest.mark.parametrize("program", ["broadcast"], indirect=True, scope="module")
def test_broadcast_ports(stack: Stack, authority: CA, program: str) -> None:
    """W-03, W-04: the environment chooses both ports; `/` and `/ws/v2/` are sockets, and the rest points elsewhere."""
    plain, tls = (stack.environment[name] for name in ("WEBSOCKET_PORT", "WEBSOCKET_SSL_PORT"))
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    for path in ("", "ws/v2/"):
        for url, trust in ((f"ws://localhost:{plain}/{path}", None), (f"wss://localhost:{tls}/{path}", trusting)):
            with connect(url, ssl=trust, proxy=None) as opened:
                opened.send('{"type":"ping","id":3}')
                assert greeting(opened) in ("pong", "error")
    with urllib.request.urlopen(f"http://localhost:{plain}/live", timeout=5) as answer:
        assert answer.read() == b"ok"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://localhost:{plain}/", timeout=5)
    assert refused.value.code == 426
    assert str(stack.web_port).encode() in refused.value.read()


def test_oversize_message_costs_nothing(stack: Stack, program: str) -> None:
    """C5: 64 MiB are refused by their header with 1009 within a second, and never held."""
    before = resident_kib(stack.processes[program].pid)
    with closing(raw_socket(port_of(stack, program))) as opened:
        opened.settimeout(1)
        opened.sendall(b"\x81\xff" + (64 << 20).to_bytes(8, "big") + b"\0\0\0\0")
        head = opened.recv(4)
        with suppress(OSError):
            for _ in range(64):
                opened.sendall(bytes(1 << 20))
    assert (head[0], int.from_bytes(head[2:], "big")) == (0x88, 1009)
    assert resident_kib(stack.processes[program].pid) - before < 2048


def test_flood_of_handshakes_is_refused_and_not_logged(stack: Stack, program: str) -> None:
    """C8, S15: from one address more than the rate get 429 and the end of the connection; the log has one line."""
    before = len(stack.log(program).splitlines())
    with ExitStack() as opened:
        sockets = [
            opened.enter_context(closing(handshake_of("127.0.9.9", port_of(stack, program)))) for _ in range(150)
        ]
        answers = [each.recv(4096).decode("latin1") for each in sockets]
        refused = [(each, answer) for each, answer in zip(sockets, answers, strict=True) if "one second" in answer]
        assert refused
        for each, answer in refused:
            assert answer.startswith("HTTP/1.1 429 Too Many Requests\r\n")
            assert answer.endswith("\r\n\r\nToo many connections in one second from this address.\n")
            assert each.recv(1) == b""
    (line,) = stack.log(program).splitlines()[before:]
    assert "sockets refused, the last one from 127.0.9.9" in line


def resident_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def test_sigterm_says_1001_to_all(stack: Stack, program: str, token: str) -> None:
    """W-14: a logged-in client reads why, one that has not logged in gets the code, one that never reads delays
    nobody; the program ends in time, with exit code 0 and without a traceback.
    """
    port, process = port_of(stack, program), stack.processes[program]
    url, header = f"ws://127.0.0.1:{port}/ws/v2/", {"Authorization": f"Bearer {token}"}
    with (
        closing(raw_socket(port)),
        connect(url, additional_headers=header, proxy=None) as known,
        connect(url, proxy=None) as unknown,
    ):
        assert greeting(known) == "hello"
        took = stack.end(program)
        assert closed_with(known) == (1001, ["error 1001"])
        assert known.protocol.close_reason == "The server is going away. Come back in a moment."
        assert closed_with(unknown)[0] == 1001
    assert took < END_WITHIN_S
    assert process.returncode == 0
    assert "Traceback" not in stack.log(program)


def test_nothing_to_open_waits_quietly(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """W-03: with no port to open a process manager sees no crash; it says one sentence, and ends when it is asked."""
    for name in ("WEBSOCKET_PORT", "WEBSOCKET_SSL_PORT"):
        monkeypatch.setitem(stack.environment, name, "0")
    (stack.folder / "idle.log").unlink(missing_ok=True)
    process = stack.start("idle", sys.executable, "-m", "omega_site.programs", "broadcast")
    wait_until(lambda: "nothing is opened" in stack.log("idle") or process.poll() is not None, 20, "it says so")
    stack.end("idle")
    assert process.returncode == 0
    assert stack.log("idle").splitlines() == [
        "WEBSOCKET_PORT is 0 and nothing is served over TLS: nothing is opened, until the end is asked for."
    ]


def test_second_signal_ends_broadcast_at_once(stack: Stack) -> None:
    """Who cannot wait for a slow client need not."""
    process = start(stack, "broadcast")
    port = port_of(stack, "broadcast")
    with closing(raw_socket(port)):
        process.terminate()
        wait_until(lambda: is_free("localhost", port))
        asked_at = time.monotonic()
        stack.end("broadcast")
    assert time.monotonic() - asked_at < 0.5
    assert process.returncode == -signal.SIGTERM
