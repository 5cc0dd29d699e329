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
if __name__ == "__main__":
    folder = Path(os.environ["OMEGA_DATA_DIR"])
    for pid in {os.getpid(), os.getppid(), *json.loads((folder / "children.json").read_text())}:
        (folder / f"{pid}.environ").write_bytes(Path(f"/proc/{pid}/environ").read_bytes())
    sys.exit(1)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a live start that ends where the site would open: this daphne notes what all that runs was started with."""
    programs, folder = tmp_path / "programs", tmp_path / "data"
    programs.mkdir()
    (programs / "daphne.py").write_text(DAPHNE)
    more = {"PYTHONPATH": str(programs), "OMEGA_ADMIN_PASSWORD": PASSWORD, "LOG_LEVEL": "DEBUG"}
    assert "web ended with 1" in start_and_fail("run", folder, free_port(), **EXPORTED, **more)
    return folder


def test_exported_credentials_are_sealed_and_in_no_process(folder: Path) -> None:
    """S11, B-28: not in the supervisor's own environment either; the first start has them all the same."""
    noted = [path.read_bytes() for path in folder.glob("*.environ")]
    # A Redis server writes its title over its own.
    assert (len(noted), sum(b"LOG_LEVEL=DEBUG" in each for each in noted)) == (RUNNING, 2)
    scanner = Scanner({name: value[len(f"CANARY-{name}-") :] for name, value in EXPORTED.items()})
    assert scanner.find_in_files(folder) == []
    with closing(sqlite3.connect(folder / "omega.sqlite3")) as database:
        (sealed,) = database.execute("SELECT sealed FROM positions_account").fetchone()
    opened = Fernet((folder / "encryption_keys").read_text().strip()).decrypt(sealed)
    assert json.loads(opened)[1:] == [*EXPORTED.values()]
