"""The demo as `make demo` starts it, in a folder of its own that got a past before."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from omega_site.probes import free_port
from omega_site.process import DEMO_ACCOUNT
from tests.waiting import wait_in_thread_until

ROOT: Final = Path(__file__).resolve().parents[2]
PASSWORD: Final = "the sea is calm tonight"
_READY_WITHIN = 60.0
_HISTORY: Final = f"from tests.screenshots.history import add_all; add_all({PASSWORD!r})"


@dataclass
class Demo:
    """A running demo. `url` has no slash at the end."""

    url: str
    exchange_url: str

    def fault(self, venue: str, fault: str) -> None:
        """Something is wrong at a venue, or at `*`, from now on."""
        self._ask("POST", json.dumps({"venue": venue, "fault": fault}).encode())

    def heal(self) -> None:
        self._ask("DELETE")

    def _ask(self, method: str, body: bytes | None = None) -> None:
        request = urllib.request.Request(f"{self.exchange_url}/control/faults", body, method=method)  # noqa: S310
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    port = free_port()
    environment = {
        **os.environ,
        "OMEGA_DATA_DIR": str(folder),
        "OMEGA_PORT": str(port),
        "OMEGA_INSTRUMENTS": "BTC-USDT,ETH-USDT",
        "OMEGA_DEMO_PASSWORD": PASSWORD,
        "WEBSOCKET_PORT": "0",
        "WEBSOCKET_SSL_PORT": "0",
        "HEALTH_CHECK_PORT": "0",
    }
    _give_past(environment)
    log = folder / "demo.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "omega_site.process", "demo"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        wait_in_thread_until(lambda: "OMEGA is ready" in log.read_text() or process.poll() is not None, _READY_WITHIN)
        found = re.search(r"replay exchange ready on (http:[\w.:/]+)", log.read_text())
        assert found, log.read_text()
        yield Demo(f"http://127.0.0.1:{port}", found[1])
    finally:
        process.terminate()
        process.wait(20)


def _give_past(environment: dict[str, str]) -> None:
    """Tables, login and account as a first start makes them, and then what happened before."""
    as_demo = {**environment, **DEMO_ACCOUNT, "OMEGA_MODE": "replay", "REPLAY_EXCHANGE_URL": "http://127.0.0.1:9"}
    for command in (("-m", "omega_site.first_start"), ("manage.py", "shell", "--verbosity", "0", "-c", _HISTORY)):
        subprocess.run([sys.executable, *command], cwd=ROOT, env=as_demo, check=True, timeout=180)
