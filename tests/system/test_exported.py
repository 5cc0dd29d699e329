"""Credentials that are exported to the supervisor: which process has them, and where they end."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from secrets import token_hex
from typing import Final

import pytest
from cryptography.fernet import Fernet

from omega_site.environment import API_CREDENTIALS
from omega_site.probes import free_port
from tests.system.canary import Scanner
from tests.system.stack import PASSWORD
from tests.system.supervised import start_and_fail

pytestmark = pytest.mark.system

EXPORTED: Final = {name: f"CANARY-{name}-{token_hex(10)}" for name in API_CREDENTIALS}
# The supervisor, two Redis servers, and the web itself.
RUNNING: Final = 4
DAPHNE: Final = """
import json, os, sys
from pathlib import Path
folder = Path(os.environ["OMEGA_DATA_DIR"])
for pid in {os.getpid(), os.getppid(), *json.loads((folder / "children.json").read_text())}:
    (folder / f"{pid}.environ").write_bytes(Path(f"/proc/{pid}/environ").read_bytes())
sys.exit(1)
"""


def folder_of(mode: str, tmp_path: Path) -> Path:
    """Of a start that ends where the site would open: this daphne notes what all that runs was started with."""
    programs, folder = tmp_path / "programs", tmp_path / "data"
    programs.mkdir()
    (programs / "daphne.py").write_text(DAPHNE)
    more = {"PYTHONPATH": str(programs), "OMEGA_ADMIN_PASSWORD": PASSWORD, "LOG_LEVEL": "DEBUG"}
    assert "web ended with 1" in start_and_fail(mode, folder, free_port(), **EXPORTED, **more)
    return folder


def test_exported_credentials_are_sealed_and_in_no_process(tmp_path: Path) -> None:
    """S11, B-28: not in the supervisor's own environment either; the first start has them all the same."""
    folder = folder_of("run", tmp_path)
    noted = [path.read_bytes() for path in folder.glob("*.environ")]
    # A Redis server writes its title over its own.
    assert (len(noted), sum(b"LOG_LEVEL=DEBUG" in each for each in noted)) == (RUNNING, 2)
    scanner = Scanner({name: value[len(f"CANARY-{name}-") :] for name, value in EXPORTED.items()})
    assert scanner.find_in_files(folder) == []
    with closing(sqlite3.connect(folder / "omega.sqlite3")) as database:
        (sealed,) = database.execute("SELECT sealed FROM positions_account").fetchone()
    opened = Fernet((folder / "encryption_keys").read_text().strip()).decrypt(sealed)
    assert json.loads(opened)[1:] == [*EXPORTED.values()]


def test_demo_drops_exported_credentials(tmp_path: Path) -> None:
    """S11: it has an account of its own: no process has them, and no pipe that nobody would read."""
    noted = [path.read_bytes() for path in folder_of("demo", tmp_path).glob("*.environ")]
    assert any(b"LOG_LEVEL=DEBUG" in each for each in noted)
    assert not any(part in each for each in noted for part in (b"CANARY", b"/dev/fd/"))
