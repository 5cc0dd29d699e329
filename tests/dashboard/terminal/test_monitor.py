"""`manage.py monitor` as a program whose output is read by other programs."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from django.core.management import CommandError
from pytest_django import Settings

from dashboard.management.commands.monitor import Command, _token
from tests.dashboard.terminal.samples import HEALTH, METRICS, REDIS
from tests.dashboard.terminal.scripted import Scripted, answering

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "of-a-test-that-watches-a-site-all-day"
ENVIRONMENT = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}


@pytest.fixture(scope="module")
def script() -> Iterator[Scripted]:
    answers = {"/health": HEALTH, "/metrics": METRICS, "/redis/status": REDIS}
    with answering({path: (200, msgspec.json.encode(answer)) for path, answer in answers.items()}) as script:
        yield script


def command(port: int, *options: str) -> list[str]:
    return [sys.executable, "manage.py", "monitor", "--host", "127.0.0.1", "--port", str(port), *options]


def test_a_pipe_gets_plain_lines_until_it_is_interrupted(script: Scripted, tmp_path: Path) -> None:
    """L-15: no colours, no cursor, no frames; Ctrl-C exits 0. The token of a file is shown, and printed nowhere."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    options = ("--refresh", "1", "--token-file", str(tmp_path / "token"))
    program = subprocess.Popen(
        command(script.port, *options), cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout
    lines: list[str] = []
    while sum(line == "  HEALTHY\n" for line in lines) < 2:
        lines.append(program.stdout.readline().decode())
    program.send_signal(signal.SIGINT)
    rest, errors = program.communicate(timeout=10)
    assert (program.returncode, errors) == (0, b"")
    told = "".join(lines) + rest.decode()
    assert told.isascii()
    assert told.replace("\n", "").isprintable()
    assert TOKEN not in told
    assert script.asked[-1][1] == f"Bearer {TOKEN}"


def test_once_as_json_is_one_document_and_an_exit_code(script: Scripted) -> None:
    """L-15: `--once --json` for scripts."""
    done = subprocess.run(
        command(script.port, "--once", "--json"), cwd=ROOT, env=ENVIRONMENT, capture_output=True, timeout=20
    )
    assert (done.returncode, done.stderr) == (0, b"")
    told = json.loads(done.stdout)
    assert {"health", "metrics", "redis", "reachable", "why", "refusals"} <= told.keys()


@pytest.mark.parametrize("seconds", ["0", "often", "nan"])
def test_refresh_is_a_second_at_least(seconds: str) -> None:
    """A site has other things to do."""
    with pytest.raises(CommandError, match=r"--refresh: say 1 to 3600 seconds"):
        Command().create_parser("manage.py", "monitor").parse_args(["--refresh", seconds])


def test_the_token_of_this_machine_goes_to_this_machine_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """S15: what lies in the data folder is never sent to another host; what is named is, wherever one asks."""
    monkeypatch.delenv("MONITORING_TOKEN", raising=False)
    settings.MONITORING_TOKEN = TOKEN
    assert (_token(None, "localhost"), _token(None, "192.0.2.1")) == (TOKEN, "")
    (tmp_path / "token").write_text("named\n")
    assert _token(tmp_path / "token", "localhost") == _token(tmp_path / "token", "192.0.2.1") == "named"
    monkeypatch.setenv("MONITORING_TOKEN", "exported")
    assert _token(None, "192.0.2.1") == "exported"
    with pytest.raises(CommandError, match="cannot be read") as caught:
        _token(tmp_path / "none", "localhost")
    assert caught.value.returncode == 2
