"""Answers of the web program to clients that read slowly, not at all, only the head, or to their unexpected end."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from typing import Final

import pytest

from tests.omega_site.endless import CHUNK
from tests.waiting import wait_in_thread_until

ROOT: Final = Path(__file__).resolve().parents[2]
# Both sockets' buffers and what the server writes ahead; without a bound it is gigabytes within seconds.
MOST_AHEAD: Final = 8_000_000


class Web:
    """A web process of its own."""

    def __init__(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = listener.getsockname()[1]
        options = ["--fd", str(listener.fileno()), "tests.omega_site.endless:application"]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "omega_site.web", *options], cwd=ROOT, env=environment, pass_fds=[listener.fileno()]
        )
        listener.close()

    def written(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/written{path}", timeout=60) as answer:
            return int(answer.read())

    def memory(self) -> int:
        """Resident, in bytes."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def asked(self, path: str) -> socket.socket:
        """A client that asked, and has not read a byte."""
        client = socket.socket()
        # Else the kernel makes room for more and more.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, len(CHUNK))
        client.settimeout(10)
        client.connect(("127.0.0.1", self.port))
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return client

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(10)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    server = Web()
    server.written("")
    yield server
    server.stop()


def test_a_client_that_does_not_read_costs_no_memory(web: Web) -> None:
    """C13 D-05: whoever writes the answer waits, goes on when there is room, and stands still again."""
    before = web.memory()
    with closing(web.asked("/endless/1")) as client:
        stalled = _stands_still(web, "/endless/1")
        _read(client, 200 * len(CHUNK))
        again = _stands_still(web, "/endless/1")
    assert 0 < stalled < MOST_AHEAD
    assert 200 * len(CHUNK) < again < 200 * len(CHUNK) + MOST_AHEAD
    assert web.memory() - before < MOST_AHEAD


def test_an_answer_ends_with_its_client(web: Web) -> None:
    """C13: nothing is read from the database for somebody who went away."""
    web.asked("/endless/2").close()
    _stands_still(web, "/endless/2")


def test_an_answer_that_broke_off_is_seen_to_be_incomplete(web: Web) -> None:
    """D-05: no end of the last chunk, so that half a file is never taken for a whole one."""
    with closing(HTTPConnection("127.0.0.1", web.port, timeout=10)) as client:
        client.request("GET", "/broken")
        with pytest.raises((IncompleteRead, ConnectionResetError)):
            client.getresponse().read()
    assert web.written("/broken") == len(CHUNK)


def test_an_answer_to_head_is_a_head_alone(web: Web) -> None:
    """C13: of no part there is a byte, else the next answer of the connection would begin with it."""
    with closing(socket.create_connection(("127.0.0.1", web.port), timeout=10)) as client:
        head = b" /parts HTTP/1.1\r\nHost: localhost\r\n"
        client.sendall(b"HEAD" + head + b"\r\n" + b"GET" + head + b"Connection: close\r\n\r\n")
        answers = b"".join(iter(lambda: client.recv(65_536), b"")).split(b"\r\n\r\n", 2)
    assert [answer.partition(b"\r\n")[0] for answer in answers[:2]] == [b"HTTP/1.1 200 OK"] * 2
    assert b"one" in answers[2]


def _read(client: socket.socket, count: int) -> None:
    while count > 0:
        count -= len(client.recv(len(CHUNK)))


def _stands_still(web: Web, path: str) -> int:
    """How much was written when no more was, over as long as ten questions take."""
    lately = [0]

    def is_still() -> bool:
        lately.append(web.written(path))
        return len(lately) > 10 and lately[-1] > 0 and len(set(lately[-10:])) == 1

    wait_in_thread_until(is_still, 20, "the answer stands still")
    return lately[-1]
