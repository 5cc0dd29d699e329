"""What `make run` and `make demo` start: two Redis servers, web, broadcast, worker, beat under one supervisor.

    python -m omega_site.process run     the real exchanges
    python -m omega_site.process demo    the replay exchange, in a data folder of its own

Each step waits until the one before is ready. A child that dies comes back; Ctrl-C or SIGTERM ends them all.
"""

import argparse
import asyncio
import functools
import importlib.util
import os
import re
import secrets
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from django.conf import settings

from dashboard.endpoint import broadcast_url
from omega_site import beside, data_folder, programs
from omega_site.certificate import has_certificate
from omega_site.children import Child, Program
from omega_site.embedded_redis import redis_program
from omega_site.environment import API_CREDENTIALS
from omega_site.exported import move_out
from omega_site.orphans import Roster, end_with_parent
from omega_site.port import broadcast_ports, close, open_port
from omega_site.probes import free_port
from omega_site.redis_addresses import Server
from omega_site.start_error import StartError, environment_faults

BASE_DIR = Path(__file__).resolve().parent.parent
# Of the account on the replay exchange, to which they are published; they open nothing else.
DEMO_ACCOUNT: Final = {
    "BITGET_API_KEY": "bg_omega_demo",
    "BITGET_API_SECRET": "omega-demo-secret-of-the-replay-exchange",
    "BITGET_API_PASSPHRASE": "omega demo",
    "BITGET_ENVIRONMENT": "demo",
}
_EXCHANGE_URL: Final = re.compile(r"http://127\.0\.0\.1:[1-9][0-9]{3,4}")
# Together under five seconds. What others live on, Redis and the exchange, is stopped after those others.
_CLIENTS_KILLED_AFTER = 3.5
_SERVERS_KILLED_AFTER = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m omega_site.process", description="Start OMEGA.")
    parser.add_argument("mode", choices=["run", "demo"])
    mode = parser.parse_args(arguments).mode
    # The demo has an account of its own.
    move_out(API_CREDENTIALS, has_reader=mode == "run")
    try:
        start(mode)
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def start(mode: str) -> None:
    """Settles the environment, takes the data folder, and runs until somebody asks for the end."""
    os.environ["PYTHONUNBUFFERED"] = "1"
    # Database, log and secrets hold what only this user may read.
    os.umask(0o077)
    if mode == "demo":
        _choose_demo()
    else:
        os.environ["OMEGA_MODE"] = "live"
    with environment_faults():
        folder = settings.OMEGA_DATA_DIR
        # The children have no terminal.
        os.environ["LOG_FORMAT"] = settings.LOG_FORMAT
    with data_folder.hold(folder, settings.OMEGA_MODE):
        beside.tell(folder, {name: str(getattr(settings, name)) for name in beside.TOLD})
        asyncio.run(Supervisor(Roster(folder / "children.json")).run())


def _choose_demo() -> None:
    """Replayed trades must never mix with real ones: stores and accounts of the environment or .env are not for it."""
    for package in ("aiohttp", "tests.exchange"):
        if not _is_installed(package):
            raise StartError(f"The demo needs {package}. Start it with `make demo` in a full checkout.")
    os.environ.setdefault("OMEGA_DATA_DIR", str(BASE_DIR / "var" / "demo"))
    # Empty, not absent: what is absent is taken from .env.
    os.environ.update(dict.fromkeys(beside.STORES, ""))
    os.environ.update(DEMO_ACCOUNT)
    os.environ.setdefault("OMEGA_DEMO_PASSWORD", secrets.token_urlsafe(9))
    os.environ["OMEGA_MODE"] = "replay"
    os.environ["REPLAY_EXCHANGE_URL"] = exchange_url(os.environ.get("REPLAY_EXCHANGE_URL", ""))


def exchange_url(wanted: str) -> str:
    """Where the exchange of the demo listens: on this machine, at a port of yours or at one that is free."""
    if not wanted:
        return f"http://127.0.0.1:{free_port()}"
    if not _EXCHANGE_URL.fullmatch(wanted):
        raise StartError(f"REPLAY_EXCHANGE_URL is {wanted!r}. Set it to http://127.0.0.1:PORT, or unset it.")
    return wanted


def _is_installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:  # its parent is not there either
        return False


def _check_ports() -> None:
    """All are free, so that no program starts for nothing."""
    hosts = {"OMEGA_PORT": "OMEGA_HOST"} | dict.fromkeys(broadcast_ports(), "WEBSOCKET_HOST")
    if settings.HEALTH_CHECK_PORT:
        hosts["HEALTH_CHECK_PORT"] = "HEALTH_CHECK_HOST"
    for port, host in hosts.items():
        close(open_port(host, port))


class Supervisor:
    """Starts the programs in order, keeps them running, and stops them in reverse."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._servers: list[Child] = []
        self._clients: list[Child] = []

    async def run(self) -> None:
        """Until a signal asks for the end, or the start fails."""
        asked_to_stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
        work = asyncio.create_task(self._start_and_keep_running())
        stop = asyncio.create_task(asked_to_stop.wait())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        work.cancel()
        ended = await asyncio.gather(work, return_exceptions=True)
        await self._stop()
        if isinstance(ended[0], Exception):
            raise ended[0]

    async def _start_and_keep_running(self) -> None:
        await self._roster.end_leftovers()
        _check_ports()
        for program in _servers():
            await self._start(program, self._servers)
        await _run_first_start()
        for program in _clients():
            await self._start(program, self._clients)
        _greet()
        await asyncio.gather(*(child.keep_running() for child in self._servers + self._clients))

    async def _start(self, program: Program, group: list[Child]) -> None:
        child = Child(program, self._roster)
        await child.start()
        group.append(child)
        await child.become_ready()

    async def _stop(self) -> None:
        for group, kill_after in (
            (self._clients, _CLIENTS_KILLED_AFTER),
            (self._servers, _SERVERS_KILLED_AFTER),
        ):
            await asyncio.gather(*(child.stop(kill_after) for child in reversed(group)))


def _servers() -> Iterator[Program]:
    """Those that no variable names are ours to run. One is running before the next one looks for a port."""
    if not os.environ.get("REDIS_HOST"):
        yield redis_program(settings.OMEGA_DATA_DIR, Server.PRIMARY)
    if not os.environ.get("FAILOVER_REDIS_HOST"):
        yield redis_program(settings.OMEGA_DATA_DIR, Server.FAILOVER)
    if settings.OMEGA_MODE == "replay":
        yield programs.replay_exchange()


def _clients() -> Iterator[Program]:
    """Those that live on the servers."""
    yield programs.web()
    if broadcast_ports():
        yield programs.broadcast()
    yield programs.worker()
    yield programs.beat()


async def _run_first_start() -> None:
    """In the terminal's own session, because it may ask the person there for a password.

    It alone inherits the pipes that credentials are in.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "omega_site.first_start"),
        close_fds=False,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=functools.partial(end_with_parent, os.getpid()),
    )
    try:
        _, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise StartError(complaint.decode().strip())


def _greet() -> None:
    site = f"http://{settings.OMEGA_HOST}:{settings.OMEGA_PORT}/"
    login = "with your account"
    if settings.OMEGA_MODE == "replay":
        login = f"demo / {os.environ['OMEGA_DEMO_PASSWORD']}"
    sys.stdout.write(f"\n  OMEGA is ready ({settings.OMEGA_MODE.upper()})\n")
    sys.stdout.write(f"  Open     {site}\n  Log in   {login}\n")
    for port in broadcast_ports():
        if port == "WEBSOCKET_PORT" or has_certificate():
            sys.stdout.write(f"  Clients  {broadcast_url(port)}\n")
    sys.stdout.write("  Stop     Ctrl-C\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
