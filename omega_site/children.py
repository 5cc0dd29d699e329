"""One child process: how it starts, prints, gets ready, comes back after a crash and stops."""

import asyncio
import functools
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, NoReturn

from omega_site.environment import API_CREDENTIALS
from omega_site.log_line import of_child
from omega_site.orphans import Roster, end_with_parent, signal_group
from omega_site.probes import Probe
from omega_site.start_error import StartError

STDOUT: Final = 1
RESTART_AFTER: Final = (1, 2, 5, 10)
# A child that lived this long had a good start: its next crash is its first.
STEADY_AFTER: Final = 60.0
READY_WITHIN: Final = 30.0
_LONGEST_LINE: Final = 1 << 20


@dataclass(frozen=True)
class Program:
    """What to run, and how to see that it is ready."""

    name: str
    arguments: Sequence[str | os.PathLike[str]]
    is_ready: Probe
    stdin: str = ""
    # On top of ours.
    environment: Mapping[str, str] = field(default_factory=dict)
    explained_by: str = "its lines above"
    # False: it may be late, such as for a server of yours that is down, or end and be started again later; the site
    # runs without it meanwhile.
    is_needed_at_start: bool = True

    def whole_environment(self) -> dict[str, str]:
        """Ours and its own. Credentials of accounts are for the first start alone, which is no Program."""
        ours = {name: value for name, value in os.environ.items() if name not in API_CREDENTIALS}
        return {**ours, **self.environment}


def say(name: str, line: str) -> None:
    """One line on the terminal. A terminal that is gone must not end the feeds."""
    with suppress(OSError):
        os.write(STDOUT, f"{of_child(name, line)}\n".encode())


class Child:
    """A running Program."""

    def __init__(self, program: Program, roster: Roster) -> None:
        self.name = program.name
        self._program = program
        self._roster = roster
        self._first_lines: list[str] = []
        self._is_ready = False

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._program.arguments,
            env=self._program.whole_environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=_LONGEST_LINE,
            start_new_session=True,
            preexec_fn=functools.partial(end_with_parent, os.getpid()),
        )
        self._roster.add(self._process.pid)
        self._printing = asyncio.create_task(self._print())
        stdin = self._process.stdin
        if stdin:
            stdin.write(self._program.stdin.encode())
            stdin.close()

    async def become_ready(self) -> None:
        """Returns when the probe says so. One that is not needed at start is late, or ends, after a word about it."""
        deadline = time.monotonic() + READY_WITHIN
        while not await self._program.is_ready(self._first_lines):
            if self._process.returncode is not None:
                await self._printing
                self._be_away(f"ended with {self._process.returncode} before it was ready")
                break
            if time.monotonic() > deadline:
                self._be_away(f"was not ready within {READY_WITHIN:.0f} s")
                break
            await asyncio.sleep(0.05)
        self._is_ready = True
        self._first_lines.clear()

    async def keep_running(self) -> NoReturn:
        """Starts it again whenever it ends, later each time."""
        crashes = 0
        while True:
            since = time.monotonic()
            code = await self._ended()
            crashes = 1 if time.monotonic() - since > STEADY_AFTER else crashes + 1
            delay = restart_after(crashes)
            say("omega", f"{self.name} ended with {code}; it is started again in {delay} s.")
            await asyncio.sleep(delay)
            await self.start()

    async def stop(self, kill_after: float) -> None:
        """Asks it to end, and ends it when it does not. Its group too, should it have children of its own."""
        signal_group(self._process.pid, signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), kill_after)
        signal_group(self._process.pid, signal.SIGKILL)
        await self._ended()

    async def _ended(self) -> int:
        code = await self._process.wait()
        self._roster.remove(self._process.pid)
        await self._printing
        return code

    async def _print(self) -> None:
        output = self._process.stdout
        while output and (line := await _next_line(output)):
            # A blank line sets other programs' lines apart; in a log it would be an event that says nothing.
            if not (text := line.decode(errors="replace").rstrip()):
                continue
            say(self.name, text)
            if not self._is_ready:
                self._first_lines.append(text)

    def _be_away(self, what: str) -> None:
        fault = f"{self.name} {what}; {self._program.explained_by} say why."
        if self._program.is_needed_at_start:
            raise StartError(fault)
        say("omega", f"{fault} The site starts without it meanwhile.")


async def _next_line(output: asyncio.StreamReader) -> bytes:
    try:
        return await output.readline()
    except ValueError:  # longer than the limit, and thrown away by asyncio
        return b"(a line too long to show)\n"


def restart_after(crashes: int) -> int:
    """The seconds to wait after so many crashes in a row."""
    return RESTART_AFTER[min(crashes, len(RESTART_AFTER)) - 1]
