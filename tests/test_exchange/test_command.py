"""The command line and the control API, as a process of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import msgspec
import pytest
from websockets.asyncio.client import connect

from tests.test_exchange.client import hear, hear_close

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "tests.exchange"]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    process = start("--rate", "100", "--instruments", "BTC-USDT")
    yield process
    process.kill()
    process.communicate(timeout=5)


def read_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("replay exchange ready on http://127.0.0.1:")
    return line.split()[-1]


async def test_process_takes_faults_over_http(process: subprocess.Popen[str]) -> None:
    """Faults, ledger and connections can be read and set from another process."""
    url = read_url(process)
    async with (
        aiohttp.ClientSession(url) as session,
        connect(url.replace("http", "ws") + "/binance/ws/btcusdt@trade", ping_interval=None) as socket,
    ):
        first = await hear(socket)
        ledger = (await (await session.get("/control/ledger?since=0")).text()).splitlines()
        assert msgspec.json.decode(ledger[0])["trade_id"] == str(first["t"])
        (connection,) = await (await session.get("/control/connections")).json()
        assert (connection["venue"], connection["topics"]) == ("binance", ["btcusdt@trade"])
        await session.post("/control/faults", json={"venue": "*", "fault": "mute", "seconds": 60})
        state = await (await session.get("/control")).json()
        muted = [(fault["venue"], fault["fault"]) for fault in state["faults"]]
        assert muted == [(venue, "mute") for venue in state["venues"]]
        state = await (await session.delete("/control/faults?venue=htx")).json()
        assert [fault["venue"] for fault in state["faults"]] == [venue for venue in state["venues"] if venue != "htx"]
        await session.post("/control/faults", json={"venue": "binance", "fault": "close", "code": 1012})
        assert await hear_close(socket) == 1012


async def test_process_keeps_the_limits_it_is_given() -> None:
    """A day of Binance can last a moment."""
    process = start("--limit", "binance.life_after=0.05")
    try:
        url = read_url(process)
        async with connect(url.replace("http", "ws") + "/binance/ws", ping_interval=None) as socket:
            assert (await hear(socket))["e"] == "serverShutdown"
            assert await hear_close(socket) == 1001
    finally:
        process.kill()
        process.communicate(timeout=5)


async def test_process_opens_the_demo_account_when_asked_to() -> None:
    """D-04: `make demo` has one account at BitGet."""
    process = start("--bitget-demo")
    try:
        async with aiohttp.ClientSession(read_url(process)) as session:
            (account,) = (await (await session.get("/control/bitget")).json())["accounts"]
        assert (account["uid"], account["environment"]) == ("7000000001", "demo")
    finally:
        process.kill()
        process.communicate(timeout=5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signal_ends_the_process_cleanly(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Clients get a close frame; the process says nothing more and exits with 0."""
    url = read_url(process)
    async with connect(url.replace("http", "ws") + "/htx/ws", ping_interval=None) as socket:
        process.send_signal(number)
        assert await hear_close(socket) == 1001
    out, err = process.communicate(timeout=5)
    assert (process.returncode, out, err) == (0, "", "")


def test_taken_port_is_one_sentence(process: subprocess.Popen[str]) -> None:
    """No traceback, exit status 2."""
    port = read_url(process).rsplit(":", 1)[1]
    second = start("--port", port)
    _, err = second.communicate(timeout=10)
    assert (second.returncode, err) == (
        2,
        f"replay exchange: cannot listen on 127.0.0.1:{port}: address already in use.\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "x"],
        ["--rate", "-1"],
        ["--instruments", "btc"],
        ["--host", "256.0.0.1"],
        ["--limit", "binance.colour=1"],
        ["--limit", "binance.messages=0.5"],
        ["--recording", "binance"],
        ["--recording", "binance=/no/such/file.jsonl"],
        ["--colour"],
    ],
)
def test_bad_argument_is_one_sentence(arguments: list[str]) -> None:
    """Each mistake is named, with exit status 2."""
    process = start(*arguments)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("replay exchange: ")


def test_live_mode_refuses_to_load() -> None:
    """B-21: where real prices are served, invented ones cannot even be imported."""
    environment = {**os.environ, "OMEGA_MODE": "live"}
    done = subprocess.run(
        [sys.executable, "-c", "import tests.exchange"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "ImportError: the replay exchange makes up prices" in done.stderr
