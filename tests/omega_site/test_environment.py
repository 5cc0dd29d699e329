"""Where settings get their values, and which values they refuse; each in a Python of its own."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def read(setting: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Prints one setting, as a process with just this environment sees it."""
    program = f"from omega_site import settings; print(settings.{setting})"
    basics = {"PATH": os.environ["PATH"], "OMEGA_DATA_DIR": str(folder / "data")}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=basics | environment, capture_output=True, text=True
    )


def test_secret_key_is_made_once_and_kept_for_this_user_only(tmp_path: Path) -> None:
    """The first start makes a key with mode 0600, and later ones find it again."""
    first, second = read("SECRET_KEY", tmp_path), read("SECRET_KEY", tmp_path)
    kept = tmp_path / "data" / "secret_key"
    assert first.stdout == second.stdout
    assert len(first.stdout.strip()) >= 50
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_secret_comes_from_the_file_that_name_file_names(tmp_path: Path) -> None:
    """NAME_FILE works where secrets are mounted as files; white space around them is not part of them."""
    (tmp_path / "key").write_text("k" * 60 + "\n")
    assert read("SECRET_KEY", tmp_path, SECRET_KEY_FILE=str(tmp_path / "key")).stdout.strip() == "k" * 60


def test_redis_address_is_the_one_that_the_embedded_server_left(tmp_path: Path) -> None:
    """Every command that is run in the folder finds the server that the supervisor started there."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "redis_url").write_text("redis://:secret@127.0.0.1:7001/0\n")
    assert read("REDIS_URL", tmp_path).stdout.strip() == "redis://:secret@127.0.0.1:7001/0"


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({"REDIS_HOST": "cache"}, "redis://cache:6379/0"),
        ({"REDIS_HOST": "cache", "REDIS_PORT": "7000", "REDIS_USE_SSL": "1"}, "rediss://cache:7000/0"),
        ({"REDIS_HOST": "cache", "REDIS_PASSWORD": "a/b@c"}, "redis://:a%2Fb%40c@cache:6379/0"),
        ({"REDIS_HOST": "c", "REDIS_PASSWORD": "p", "REDIS_USERNAME": "u"}, "redis://u:p@c:6379/0"),
    ],
)
def test_redis_address_from_the_environment(tmp_path: Path, environment: dict[str, str], url: str) -> None:
    """Host, port, login and encryption make one address, and a password may hold any character."""
    assert read("REDIS_URL", tmp_path, **environment).stdout.strip() == url


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"OMEGA_MODE": "foo"}, "OMEGA_MODE is 'foo'; it must be live, replay or test"),
        ({"REPLAY_EXCHANGE_URL": "http://127.0.0.1:1"}, "REPLAY_EXCHANGE_URL is set while OMEGA_MODE is live"),
        ({"DEBUG": "1", "OMEGA_HOST": "0.0.0.0"}, "DEBUG is on while OMEGA_HOST is 0.0.0.0"),  # noqa: S104
        ({"SECRET_KEY": "short"}, "SECRET_KEY is a default or shorter than 50 characters"),
        ({"SECRET_KEY": "django-insecure-" + "k" * 60}, "SECRET_KEY is a default"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE points to /nowhere/key, which cannot be read"),
        ({"OMEGA_DATA_DIR": "/dev/null/data"}, "The data folder /dev/null/data cannot be written"),
    ],
)
def test_refused(tmp_path: Path, environment: dict[str, str], complaint: str) -> None:
    """Nothing starts with a dangerous or a meaningless value; the complaint names it."""
    answer = read("OMEGA_MODE", tmp_path, **environment)
    assert answer.returncode == 1
    assert complaint in answer.stderr.splitlines()[-1]
