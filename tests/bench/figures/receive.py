"""Frames from a loopback socket to events: our session, and a `websockets` client that only receives."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from websockets.asyncio.client import connect

from feeds.clock import SystemClock
from feeds.connection.session import listen
from feeds.connection.socket import MAX_FRAME_BYTES, MAX_QUEUED_FRAMES
from feeds.connection.stall import SessionTiming
from feeds.venues import REGISTRY
from tests.bench.figure import Figure, Sample
from tests.bench.program import Program, Worker
from tests.bench.setting import Setting
from tests.bench.workload import Workload

SERVER = Program("the loopback server", Path(sys.executable), "tests.bench.loopback")
# A connection rests while the other one is measured: that is no stall.
PATIENT = SessionTiming(silent_after=600, ping_every=None, acknowledged_within=600)

Receive = Callable[[], Awaitable[object]]


def receive(setting: Setting) -> list[Figure]:
    trades = [workload for workload in setting.workloads if workload.kind == "trades"]
    return [_receive(workload, setting) for workload in trades]


def _receive(workload: Workload, setting: Setting) -> Figure:
    with Worker(SERVER, workload) as server:
        url = f"ws://127.0.0.1:{server.receive(int)}"
        ours, bare = asyncio.run(_alternate(workload, url, setting))
    return Figure(f"receive {workload.name}", "frames/s", ours, "bare websockets client", bare)


async def _alternate(workload: Workload, url: str, setting: Setting) -> tuple[Sample, Sample]:
    ours, bare = Sample(), Sample()
    async with _our_client(workload, url) as next_of_ours, _bare_client(url) as next_of_bare:
        for _ in range(setting.rounds):
            ours.append(await _rate(next_of_ours, setting.seconds))
            bare.append(await _rate(next_of_bare, setting.seconds))
    return ours, bare


@asynccontextmanager
async def _our_client(workload: Workload, url: str) -> AsyncIterator[Receive]:
    session = listen(REGISTRY[workload.venue], url, workload.symbols, PATIENT, SystemClock(), asyncio.Future())
    async with aclosing(session):
        yield session.__anext__


@asynccontextmanager
async def _bare_client(url: str) -> AsyncIterator[Receive]:
    socket = await connect(
        url, ping_interval=None, max_size=MAX_FRAME_BYTES, max_queue=MAX_QUEUED_FRAMES, compression=None
    )
    try:
        yield socket.recv
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
