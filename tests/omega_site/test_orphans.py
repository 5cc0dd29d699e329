"""Ending what an earlier start left behind, with real processes."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from omega_site.orphans import Roster, started_at

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
POLITE = "import time; print(flush=True); time.sleep(60)"
Start = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a Python program as the supervisor does, leading its own group; returns once it runs."""
    started: list[subprocess.Popen[bytes]] = []

    def start_one(program: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, start_new_session=True)
        started.append(process)
        assert process.stdout
        process.stdout.readline()
        return process

    yield start_one
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.mark.parametrize("program", [POLITE, STUBBORN], ids=["polite", "stubborn"])
async def test_leftovers_end_at_the_next_start(tmp_path: Path, start: Start, program: str) -> None:
    """A child of a killed parent is ended by the next one, whether or not it listens to SIGTERM."""
    process = start(program)
    Roster(tmp_path / "children.json").add(process.pid)
    await Roster(tmp_path / "children.json").end_leftovers()
    assert process.wait(timeout=5) != 0
    assert started_at(process.pid) is None


async def test_recycled_process_id_is_spared(tmp_path: Path, start: Start) -> None:
    """A process with the same id that started at another time is somebody else's."""
    process = start(POLITE)
    ticks = started_at(process.pid)
    assert ticks
    (tmp_path / "children.json").write_text(json.dumps({process.pid: ticks - 1}))
    await Roster(tmp_path / "children.json").end_leftovers()
    assert process.poll() is None


async def test_file_that_was_cut_short_ends_nothing(tmp_path: Path) -> None:
    """A damaged file must not keep the site from starting."""
    (tmp_path / "children.json").write_text('{"12')
    await Roster(tmp_path / "children.json").end_leftovers()
