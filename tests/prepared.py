"""Commands of manage.py as processes, and migrated databases: each kind is made once in a run, then copied."""

import atexit
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
DATABASE: Final = "omega.sqlite3"
_made: dict[tuple[str, ...], Path] = {}


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """What it prints."""
    command = (sys.executable, "manage.py", *arguments)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def prepare_database(environment: Mapping[str, str], username: str, password: str) -> None:
    """Migrates the database of that environment, and makes one user, who may do everything.

    Where there is none yet it is a copy. One that is there already, and PostgreSQL, is migrated itself.
    """
    target = Path(environment["OMEGA_DATA_DIR"]) / DATABASE
    if "DATABASE_URL" in environment or target.exists():
        _make(environment, username, password)
        return
    # Of the environment, a migration looks at the instruments only (feeds/seed.py).
    kind = (environment.get("OMEGA_INSTRUMENTS", ""), username, password)
    if kind not in _made:
        folder = Path(mkdtemp(prefix="omega-prepared-"))
        atexit.register(shutil.rmtree, folder)
        _make({**environment, "OMEGA_DATA_DIR": str(folder)}, username, password)
        _made[kind] = folder / DATABASE
    copy = target.with_suffix(".copy")
    shutil.copyfile(_made[kind], copy)
    copy.rename(target)


def _make(environment: Mapping[str, str], username: str, password: str) -> None:
    manage(environment, "migrate", "--verbosity", "0")
    with_password = {**environment, "DJANGO_SUPERUSER_PASSWORD": password}
    manage(with_password, "createsuperuser", "--noinput", "--username", username, "--email", "")
