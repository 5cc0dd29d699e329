"""The lines of the Procfile, run by a shell on a fresh folder as a process manager runs them."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from omega_site.embedded_redis import find_binary
from omega_site.probes import free_port
from tests.waiting import wait_in_thread_until

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 30.0
Start = Callable[[str, str], "subprocess.Popen[bytes]"]
pytestmark = [pytest.mark.system, pytest.mark.xdist_group("process")]


def line(name: str) -> str:
    return dict(each.split(": ", 1) for each in (ROOT / "Procfile").read_text().splitlines())[name]


@pytest.fixture
def port() -> int:
    """The site's."""
    return free_port()


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    """Starts a line of the Procfile beside a Redis; what it prints goes to NAME.log. Ends what it started."""
    redis_port = str(free_port())
    redis = [str(find_binary()), "--bind", "127.0.0.1", "--port", redis_port, "--save", "", "--dir", str(tmp_path)]
    redis += ["--maxmemory", "1gb"]
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "OMEGA_DATA_DIR": str(tmp_path / "data"),
        "OMEGA_PORT": str(port),
        "HEALTH_CHECK_PORT": "0",
        "REDIS_HOST": "127.0.0.1",
        "REDIS_PORT": redis_port,
    }
    started = [subprocess.Popen(redis, stdout=subprocess.DEVNULL)]

    def start_one(program: str, name: str) -> "subprocess.Popen[bytes]":
        with (tmp_path / f"{name}.log").open("wb") as log:
            command = ["sh", "-c", f"exec {line(program)}"]
            started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log))
        return started[-1]

    yield start_one
    for process in reversed(started):
        process.terminate()
        process.wait(timeout=20)


def login_page(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_login_page_opens_after_release(start: Start, port: int) -> None:
    """Release makes what the pages need: tables, static files and a login."""
    assert start("release", "release").wait(timeout=READY_WITHIN) == 0
    start("web", "web")
    wait_in_thread_until(lambda: login_page(port), within=READY_WITHIN)
    assert login_page(port) == 200


def test_workers_of_one_machine_have_names_of_their_own(start: Start, tmp_path: Path) -> None:
    """Two nodes of one name would take each other's control messages."""
    names = [worker_name(tmp_path / f"{worker}.log", start, worker) for worker in ("first", "second")]
    assert len(set(names)) == 2


def worker_name(log: Path, start: Start, worker: str) -> str:
    start("worker", worker)
    wait_in_thread_until(lambda: "@" in log.read_text() and " ready." in log.read_text(), within=READY_WITHIN)
    found = re.search(r"(\S+)@\S+ ready\.", log.read_text())
    assert found, log.read_text()
    return found[1]


def test_beat_runs_by_its_line(start: Start, tmp_path: Path) -> None:
    """It keeps its schedule in the data folder that release has made."""
    assert start("release", "release").wait(timeout=READY_WITHIN) == 0
    start("beat", "beat")
    wait_in_thread_until(lambda: [*(tmp_path / "data").glob("beat-schedule*")], within=READY_WITHIN)


def test_bad_environment_is_one_sentence(tmp_path: Path) -> None:
    """A program that is started by its line refuses a value as a start does."""
    answer = subprocess.run(
        [sys.executable, "-m", "omega_site.programs", "web"],
        cwd=ROOT,
        env={"OMEGA_DATA_DIR": str(tmp_path), "OMEGA_PORT": "70000"},
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    assert answer.stderr == "OMEGA_PORT is 70000. Set it to a number from 1 to 65535.\n"
