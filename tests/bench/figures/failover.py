"""A primary Redis that is killed, or freezes, under a writer: the longest wait for a write, and what is missing."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.bench.figure import Figure, Sample
from tests.bench.program import ROOT, Program, WorkerStopped
from tests.bench.setting import Setting
from tests.bench.writing import FIELD, LOG
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

PAIR = Program("omega", Path(sys.executable), "tests.bench.peers.pair")
# Enough writes to see where they go.
SOME = 100
WITHIN_S = 60.0

Servers = tuple[RedisServer, RedisServer]


class Fault(NamedTuple):
    """`end` is given the port on which the server listened."""

    name: str
    begin: Callable[[RedisServer], object]
    end: Callable[[RedisServer, int], object]


FAULTS = (
    Fault("killed", RedisServer.kill, lambda server, port: server.start(port=port)),
    Fault("frozen", RedisServer.freeze, lambda server, _: server.thaw()),
)


class Told(msgspec.Struct):
    """What a writer says at its end: the longest wait for a write, how many were acknowledged, what it reads back."""

    longest_s: float
    written: int
    read: list[str]


class Outcome(NamedTuple):
    """`missing` are on neither server; `unread` are not among what the client itself reads after the failback."""

    longest_s: float
    missing: int
    unread: int


def failover(setting: Setting) -> list[Figure]:
    """Played once each, since a fault takes seconds. Nothing where there is nobody to compare with."""
    return [
        figure
        for peer in setting.writers
        for fault in FAULTS
        for figure in _figures(f"primary {fault.name}", play(PAIR, fault), peer.name, play(peer, fault))
    ]


def _figures(fault: str, ours: Outcome, peer: str, theirs: Outcome) -> Iterator[Figure]:
    compared = {
        ("longest wait for a write", "ms"): (ours.longest_s * 1000, theirs.longest_s * 1000),
        ("writes on no server", "writes"): (ours.missing, theirs.missing),
        ("writes not read after the failback", "writes"): (ours.unread, theirs.unread),
    }
    for (name, unit), (measured, reference) in compared.items():
        yield Figure(f"{fault}: {name}", unit, Sample([measured]), peer, Sample([reference]), at_most=1.0)


def play(writer: Program, fault: Fault) -> Outcome:
    with _servers() as servers:
        primary, spare = servers
        port, spare_port = (server.listen() for server in servers)
        with _running(writer, [f"redis://127.0.0.1:{each}/0" for each in (port, spare_port)]) as process:
            _wait_for_writes(primary)
            fault.begin(primary)
            _wait_for_writes(spare)
            fault.end(primary, port)
            _wait_for_writes(primary)
            answer, _ = process.communicate(timeout=WITHIN_S)
        if process.returncode:
            raise WorkerStopped(f"{writer.name} stopped without an answer")
        kept = set().union(*map(_texts, servers))
    told = msgspec.json.decode(answer, type=Told)
    acknowledged = {str(number) for number in range(told.written)}
    return Outcome(told.longest_s, len(acknowledged - kept), len(acknowledged - {*told.read}))


@contextmanager
def _running(writer: Program, urls: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(writer.python), "-m", writer.module, *urls]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def _servers() -> Iterator[Servers]:
    servers = RedisServer(), RedisServer()
    try:
        yield servers
    finally:
        for server in servers:
            server.remove()


def _wait_for_writes(server: RedisServer) -> None:
    """Some more than there are."""
    with server.client() as client:
        before = client.xlen(LOG)
        wait_in_thread_until(lambda: client.xlen(LOG) > before + SOME, WITHIN_S, "the writer writes there")


def _texts(server: RedisServer) -> set[str]:
    with server.client() as client:
        return {fields[FIELD.encode()].decode() for _, fields in client.xrange(LOG)}
