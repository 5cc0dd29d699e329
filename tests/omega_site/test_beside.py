"""What a program takes from the data folder of a start that runs there, or ran."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from omega_site import beside
from omega_site.process import exchange_url
from omega_site.start_error import StartError
from tests.system.supervised import ROOT

TOLD = {"REPLAY_EXCHANGE_URL": "http://127.0.0.1:8501", "OMEGA_PORT": "8500", "HEALTH_CHECK_PORT": "8580"}


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    (tmp_path / "mode").write_text("replay\n")
    beside.tell(tmp_path, TOLD)
    return tmp_path


def taken(
    folder: Path, role: str = "command", dot_env: dict[str, str] | None = None, **exported: str
) -> dict[str, str]:
    environ = {**(dot_env or {}), **exported}
    beside.take(folder, environ, frozenset(exported), role)
    return environ


def test_command_beside_the_demo_is_in_its_mode_and_without_live_stores(demo: Path) -> None:
    """B-21: whatever .env or the terminal names, no real trade gets among replayed ones, nor the other way round."""
    live = {"OMEGA_MODE": "live", "DATABASE_URL": "postgres://live"}
    nowhere = dict.fromkeys(beside.STORES, "")
    assert taken(demo, dot_env=live, REDIS_HOST="live") == {"OMEGA_MODE": "replay", **nowhere, **TOLD}


def test_program_beside_the_demo_opens_its_own_ports(demo: Path) -> None:
    """B-21: of what the start ran with it is told the exchange alone."""
    told = taken(demo, role="worker")
    assert (told["OMEGA_MODE"], told["REPLAY_EXCHANGE_URL"]) == ("replay", TOLD["REPLAY_EXCHANGE_URL"])
    assert "OMEGA_PORT" not in told


def test_what_is_exported_counts(demo: Path) -> None:
    """Ports of the environment come before those of the folder, and those before .env."""
    told = taken(demo, dot_env={"OMEGA_PORT": "1"}, HEALTH_CHECK_PORT="2")
    assert (told["OMEGA_PORT"], told["HEALTH_CHECK_PORT"]) == ("8500", "2")


def test_other_mode_is_refused(demo: Path) -> None:
    """B-21: the sentence is that of a start."""
    with pytest.raises(ImproperlyConfigured, match="was made in mode replay and cannot be used in mode live"):
        taken(demo, OMEGA_MODE="live")


@pytest.mark.parametrize("left", ["", "{", "[]"])
def test_folder_without_a_whole_file_tells_nothing(tmp_path: Path, left: str) -> None:
    """A full disk, or a start of before."""
    (tmp_path / "start.json").write_text(left)
    assert taken(tmp_path) == {}


def test_settings_take_it(demo: Path) -> None:
    """B-21: `manage.py` with the data folder alone."""
    program = "from omega_site import settings as s; print(s.OMEGA_MODE, s.REPLAY_EXCHANGE_URL, s.HEALTH_CHECK_PORT)"
    environment = {"PATH": os.environ["PATH"], "OMEGA_DATA_DIR": str(demo), "OMEGA_ROLE": "command"}
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.stdout == "replay http://127.0.0.1:8501 8580\n", ran.stderr


def test_demo_takes_the_address_that_is_wanted_for_its_exchange() -> None:
    """B-21: a port of this machine; any other address would not be that of the bundled exchange."""
    assert exchange_url("http://127.0.0.1:8501") == "http://127.0.0.1:8501"
    assert exchange_url("").startswith("http://127.0.0.1:")
    with pytest.raises(StartError, match="REPLAY_EXCHANGE_URL is 'https://api.binance.com'. Set it to http://127"):
        exchange_url("https://api.binance.com")
