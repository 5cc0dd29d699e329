"""Frames from a loopback socket to judged trades: our session, and a `websockets` client that only decodes."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from itertools import count
from pathlib import Path

from websockets.asyncio.client import connect

from feeds.clock import SystemClock
from feeds.connection.session import Received, listen
from feeds.connection.socket import MAX_FRAME_BYTES, MAX_QUEUED_FRAMES
from feeds.connection.stall import SessionTiming
from feeds.market.validation import Validation
from feeds.types import Trade
from feeds.venues import REGISTRY
from tests.bench.figure import Figure, Sample
from tests.bench.peers.limit import DECODERS
from tests.bench.program import Program, Worker
from tests.bench.setting import Setting
from tests.bench.workload import Workload

SERVER = Program("the loopback server", Path(sys.executable), "tests.bench.loopback")
# A connection rests while the other one is measured: that is no stall.
PATIENT = SessionTiming(silent_after=600, ping_every=None, acknowledged_within=600)

# Holds what is reached, with room for a busy machine; the goal is 0.5.
AT_LEAST = 0.3

Receive = Callable[[], Awaitable[object]]


def receive(setting: Setting) -> list[Figure]:
    trades = [workload for workload in setting.workloads if workload.kind == "trades"]
    # KuCoin's session begins with a REST call, which the loopback server does not answer.
    return [_receive(workload, setting) for workload in trades if REGISTRY[workload.venue].prepare("") is None]


def _receive(workload: Workload, setting: Setting) -> Figure:
    with Worker(SERVER, workload) as server:
        url = f"ws://127.0.0.1:{server.receive(int)}"
        ours, bare = asyncio.run(_alternate(workload, url, setting))
    name, against = f"receive {workload.name}", "bare websockets client and decode"
    return Figure(name, "frames/s", ours, against, bare, at_least=AT_LEAST)


async def _alternate(workload: Workload, url: str, setting: Setting) -> tuple[Sample, Sample]:
    ours, bare = Sample(), Sample()
    async with _our_client(workload, url) as next_of_ours, _bare_client(workload, url) as next_of_bare:
        for _ in range(setting.rounds):
            ours.append(await _rate(next_of_ours, setting.seconds))
            bare.append(await _rate(next_of_bare, setting.seconds))
    return ours, bare


@asynccontextmanager
async def _our_client(workload: Workload, url: str) -> AsyncIterator[Receive]:
    session = listen(REGISTRY[workload.venue], url, workload.symbols, PATIENT, SystemClock(), asyncio.Future())
    async with aclosing(session):
        yield _judging(session, workload)


def _judging(session: AsyncIterator[Received], workload: Workload) -> Receive:
    symbols, passes = frozenset(workload.symbols), count()
    validation = Validation(REGISTRY[workload.venue].has_rising_ids)

    async def receive_and_judge() -> None:
        nonlocal validation
        if next(passes) % len(workload.frames) == 0:
            # The same trades again: to a new one they are no repeats.
            validation = Validation(REGISTRY[workload.venue].has_rising_ids)
        received = await anext(session)
        for event in received.events:
            if isinstance(event, Trade):
                validation.judge(event, received.received_at, symbols)

    return receive_and_judge


@asynccontextmanager
async def _bare_client(workload: Workload, url: str) -> AsyncIterator[Receive]:
    socket = await connect(
        url, ping_interval=None, max_size=MAX_FRAME_BYTES, max_queue=MAX_QUEUED_FRAMES, compression=None
    )
    try:
        decode = DECODERS[workload.venue, workload.kind]

        async def receive_and_decode() -> None:
            decode(await socket.recv())

        yield receive_and_decode
    finally:
        # The server never stops sending, so its closing frame would not be reached in time.
        socket.transport.abort()


async def _rate(receive_one: Receive, seconds: float) -> float:
    # What piled up while the connection rested was received outside the round.
    for _ in range(2 * MAX_QUEUED_FRAMES):
        await receive_one()
    # Time on the CPU, as in worker.py: the server runs beside us, and so may much else.
    received, started = 0, time.process_time()
    while (elapsed := time.process_time() - started) < seconds:
        for _ in range(100):
            await receive_one()
        received += 100
    return received / elapsed
