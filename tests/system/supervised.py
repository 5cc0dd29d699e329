"""`python -m omega_site.process` as a person starts it, and what it prints."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from omega_site.orphans import started_at
from tests.waiting import wait_in_thread_until

ROOT: Final = Path(__file__).resolve().parents[2]
READY_WITHIN_S: Final = 90.0


@dataclass
class Supervised:
    """A running supervisor; its output goes to a file."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    output: Path
    port: int

    def printed(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self) -> None:
        """Until the block with address and login is printed."""
        wait_in_thread_until(
            lambda: "Ctrl-C" in self.printed() or self.process.poll() is not None, within=READY_WITHIN_S
        )
        assert self.process.poll() is None, self.printed()

    def children(self) -> dict[int, int]:
        """The children that run: process id and the tick that it started at."""
        roster = json.loads((self.folder / "children.json").read_text())
        return {int(pid): ticks for pid, ticks in roster.items() if started_at(int(pid)) == ticks}

    def is_live(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/live", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    """What a fresh terminal has, and a data folder and a port of the test's own; no other port."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    closed = {"WEBSOCKET_PORT": "0", "WEBSOCKET_SSL_PORT": "0", "HEALTH_CHECK_PORT": "0"}
    return kept | closed | {"OMEGA_DATA_DIR": str(folder), "OMEGA_PORT": str(port)} | more


def command(mode: str) -> list[str]:
    return [sys.executable, "-m", "omega_site.process", mode]


@contextmanager
def demo(folder: Path, port: int, **more: str) -> Iterator[Supervised]:
    """The demo, started and ready; ended afterwards if the test has not."""
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "output.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            command("demo"), cwd=ROOT, env=environment(folder, port, **more), stdout=file, stderr=subprocess.STDOUT
        )
    running = Supervised(process, folder, output, port)
    try:
        running.wait_until_ready()
        yield running
    finally:
        process.terminate()
        process.wait(timeout=10)


def start_and_fail(mode: str, folder: Path, port: int, site: Path = ROOT, /, **more: str) -> str:
    """What a start that must be refused says; checked to be one line without a traceback."""
    answer = subprocess.run(
        command(mode),
        cwd=site,
        env=environment(folder, port, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert answer.returncode == 1, answer
    assert len(answer.stderr.splitlines()) == 1, answer.stderr
    return answer.stderr
