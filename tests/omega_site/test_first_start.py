"""The first login, made by the real program on a real database file."""

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.redis_server import RedisServer

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.system
# Another server than the primary; none answers there either.
SPARE = {"FAILOVER_REDIS_HOST": "127.0.0.1", "FAILOVER_REDIS_PORT": "7"}


def prepare(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    basics = {"PATH": os.environ["PATH"], "OMEGA_DATA_DIR": str(folder), "OMEGA_MODE": "live"}
    basics |= {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": "9"}  # none answers there
    return subprocess.run(
        [sys.executable, "-m", "omega_site.first_start"],
        cwd=ROOT,
        env=basics | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_password_is_shown_once_and_never_stored_in_clear(tmp_path: Path) -> None:
    """Without a password and without a terminal one is made up; the second start says nothing."""
    first, second = prepare(tmp_path), prepare(tmp_path)
    password = first.stdout.split("admin / ")[1].split()[0]
    with sqlite3.connect(tmp_path / "omega.sqlite3") as database:
        [(stored,)] = database.execute("SELECT password FROM auth_user WHERE is_superuser")
    assert password not in stored
    assert stored.startswith("pbkdf2_sha256$")
    assert second.stdout == ""


def test_password_from_a_file_is_not_shown(tmp_path: Path) -> None:
    """OMEGA_ADMIN_PASSWORD_FILE gives the first login its password."""
    (tmp_path / "password").write_text("correct horse battery\n")
    answer = prepare(tmp_path / "data", OMEGA_ADMIN_PASSWORD_FILE=str(tmp_path / "password"))
    assert (answer.returncode, answer.stdout) == (0, "")
    with sqlite3.connect(tmp_path / "data" / "omega.sqlite3") as database:
        assert database.execute("SELECT username FROM auth_user").fetchall() == [("admin",)]


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"DATABASE_URL": "postgres://omega@127.0.0.1:1/omega"} | SPARE, "The database cannot be used"),
        # Each machine would start a failover of its own under one name.
        ({"DATABASE_URL": "postgres://omega@127.0.0.1:1/omega"}, "Name the failover Redis too, the same one for all"),
        ({"LOG_LEVEL": "foo"}, "LOG_LEVEL is 'foo'"),
    ],
)
def test_fault_is_one_line(tmp_path: Path, environment: dict[str, str], complaint: str) -> None:
    """A store that is away or a bad value ends the start with a sentence, not a traceback."""
    answer = prepare(tmp_path, **environment)
    assert answer.returncode == 1
    assert complaint in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_one_redis_under_two_names_is_refused(tmp_path: Path) -> None:
    """L-09: that is no failover, and the sentence says what to set."""
    answer = prepare(tmp_path, FAILOVER_REDIS_HOST="localhost", FAILOVER_REDIS_PORT="9")
    assert answer.returncode == 1
    assert answer.stderr == (
        "The failover Redis is the primary Redis. Point FAILOVER_REDIS_HOST and FAILOVER_REDIS_PORT to another server "
        "than localhost:9.\n"
    )


def test_redis_that_forgets_is_refused(tmp_path: Path, own_redis: RedisServer) -> None:
    """R4: a server that evicts when it is full would lose what was acknowledged; nothing is prepared."""
    with own_redis.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    (tmp_path / "redis_url").write_text(own_redis.url)
    answer = prepare(tmp_path, REDIS_HOST="")
    assert answer.returncode == 1
    assert "its maxmemory-policy is allkeys-lru. Set it to noeviction" in answer.stderr
    assert not (tmp_path / "omega.sqlite3").exists()


def test_database_server_that_hangs_is_given_up(tmp_path: Path) -> None:
    """A server that accepts and then says nothing ends the start within seconds; by default that takes minutes."""
    with socket.create_server(("127.0.0.1", 0)) as hung:
        port = hung.getsockname()[1]
        answer = prepare(tmp_path, DATABASE_URL=f"postgres://omega@127.0.0.1:{port}/omega", **SPARE)
    assert answer.returncode == 1
    assert "The database cannot be used" in answer.stderr


def test_second_machine_with_an_encryption_key_of_its_own_is_refused(tmp_path: Path) -> None:
    """S12: it would seal what the first one cannot open; where the first key is lost, what it sealed is given up."""
    ours = {"BITGET_API_KEY": "bg_0123456789abcdef", "BITGET_API_SECRET": "secret", "BITGET_API_PASSPHRASE": "phrase"}
    assert prepare(tmp_path, **ours).returncode == 0
    (tmp_path / "encryption_keys").unlink()
    answer = prepare(tmp_path, **ours)
    assert answer.returncode == 1
    assert "Set OMEGA_ENCRYPTION_KEYS to those of the machine that saved them." in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    environment = {"PATH": os.environ["PATH"], "OMEGA_DATA_DIR": str(tmp_path), "OMEGA_MODE": "live"}
    command = [sys.executable, "manage.py", "rotate_keys", "--forget"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=30)
    assert prepare(tmp_path, **ours).returncode == 0


def test_folder_of_the_demo_is_refused(tmp_path: Path) -> None:
    """Its one login, demo, must not become the administrator of a live site."""
    assert prepare(tmp_path, OMEGA_MODE="replay", OMEGA_DEMO_PASSWORD="demo").returncode == 0
    answer = prepare(tmp_path)
    assert answer.returncode == 1
    assert "was made in mode replay and cannot be used in mode live" in answer.stderr
