"""Where settings get their values, and which values they refuse; each in a Python of its own."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from omega_site.data_folder import hold
from omega_site.environment import Environment

ROOT = Path(__file__).resolve().parents[2]


def read(setting: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Prints one setting, or several with `, settings.` between, as a process with just this environment sees it."""
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


@pytest.mark.parametrize("left", ["", "\n"])
def test_empty_secret_key_is_made_again(tmp_path: Path, left: str) -> None:
    """A start on a full disk may have left a file without a key."""
    kept = tmp_path / "data" / "secret_key"
    kept.parent.mkdir()
    kept.write_text(left)
    assert len(read("SECRET_KEY", tmp_path).stdout.strip()) >= 50
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_secret_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Web, worker and beat may all be the first: none reads half a key, or one that another replaces."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    racers, rounds = 8, 25
    barrier = Barrier(racers)

    def keys(_: int) -> list[str]:
        made = []
        for number in range(rounds):
            barrier.wait(timeout=10)
            made.append(Environment().secret_key(keep_in=tmp_path / str(number) / "secret_key"))
        return made

    with ThreadPoolExecutor(racers) as pool:
        of_each_racer = list(pool.map(keys, range(racers)))
    assert len({tuple(made) for made in of_each_racer}) == 1


def test_secret_comes_from_the_file_that_name_file_names(tmp_path: Path) -> None:
    """NAME_FILE works where secrets are mounted as files; white space around them is not part of them."""
    (tmp_path / "key").write_text("k" * 60 + "\n")
    assert read("SECRET_KEY", tmp_path, SECRET_KEY_FILE=str(tmp_path / "key")).stdout.strip() == "k" * 60


@pytest.mark.parametrize(
    ("setting", "file"), [("REDIS_URL", "redis_url"), ("FAILOVER_REDIS_URL", "failover_redis_url")]
)
def test_redis_address_is_the_one_that_the_embedded_server_left(tmp_path: Path, setting: str, file: str) -> None:
    """Every command that is run in the folder finds the server that was started there, with its own role's password."""
    worker, web = "redis://worker:secret@127.0.0.1:7001/0", "redis://web:other@127.0.0.1:7001/0"
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / file).write_text(f"{worker}\n")
    (tmp_path / "data" / f"{file}.web").write_text(f"{web}\n")
    assert read(setting, tmp_path).stdout.strip() == worker
    assert read(setting, tmp_path, OMEGA_ROLE="web").stdout.strip() == web


def test_failover_of_its_own_beside_a_redis_of_yours(tmp_path: Path) -> None:
    """L-01: the primary is the server that is named, the failover the one that runs here; a file that was left is none.

    Else whoever listens on its port now would be given our password.
    """
    both, folder = "REDIS_URL, settings.FAILOVER_REDIS_URL", tmp_path / "data"
    with hold(folder, "live"):
        (folder / "failover_redis_url").write_text("redis://worker:secret@127.0.0.1:7001/0\n")
        running = read(both, tmp_path, REDIS_HOST="cache").stdout
    assert running.split() == ["redis://cache:6379/0", "redis://worker:secret@127.0.0.1:7001/0"]
    assert read(both, tmp_path, REDIS_HOST="cache").stdout == "redis://cache:6379/0 \n"


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, ""),
        ({"FAILOVER_REDIS_HOST": "spare"}, "redis://spare:6379/0"),
        ({"FAILOVER_REDIS_HOST": "spare", "FAILOVER_REDIS_USE_SSL": "1"}, "rediss://spare:6379/0"),
        (
            {
                "FAILOVER_REDIS_HOST": "spare",
                "FAILOVER_REDIS_PORT": "6380",
                "FAILOVER_REDIS_USERNAME": "u",
                "FAILOVER_REDIS_PASSWORD": "p",
            },
            "redis://u:p@spare:6380/0",
        ),
    ],
)
def test_failover_address_from_the_environment(tmp_path: Path, environment: dict[str, str], url: str) -> None:
    """L-09: the failover server is told like the primary, and takes nothing from it."""
    primary = {"REDIS_HOST": "cache", "REDIS_PORT": "7000", "REDIS_PASSWORD": "a"}
    assert read("FAILOVER_REDIS_URL", tmp_path, **primary, **environment).stdout.strip() == url


def test_failover_password_from_a_file(tmp_path: Path) -> None:
    """L-09: FAILOVER_REDIS_PASSWORD_FILE works as every NAME_FILE."""
    (tmp_path / "password").write_text("p\n")
    named = {"REDIS_HOST": "cache", "FAILOVER_REDIS_HOST": "spare"}
    answer = read("FAILOVER_REDIS_URL", tmp_path, **named, FAILOVER_REDIS_PASSWORD_FILE=str(tmp_path / "password"))
    assert answer.stdout.strip() == "redis://:p@spare:6379/0"


def test_what_is_optional_has_a_default(tmp_path: Path) -> None:
    """L-09: nothing of it has to be set."""
    names = ["HEALTH_CHECK_HOST", "HEALTH_CHECK_PORT", "REDIS_FAILOVER_SCOPE", "SPOOL_MAX_MB", "REDIS_KEY_PREFIX"]
    values = read(", settings.".join(names), tmp_path).stdout
    assert values == "0.0.0.0 8080 all 512 \n"


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({"REDIS_HOST": "cache"}, "redis://cache:6379/0"),
        ({"REDIS_HOST": "cache", "REDIS_PORT": "7000", "REDIS_USE_SSL": "1"}, "rediss://cache:7000/0"),
        ({"REDIS_HOST": "cache", "REDIS_PASSWORD": "a/b@c"}, "redis://:a%2Fb%40c@cache:6379/0"),
        ({"REDIS_HOST": "c", "REDIS_PASSWORD": "p", "REDIS_USERNAME": "u"}, "redis://u:p@c:6379/0"),
        ({"REDIS_HOST": "::1"}, "redis://[::1]:6379/0"),
        ({"REDIS_HOST": "[fe80::1]"}, "redis://[fe80::1]:6379/0"),
    ],
)
def test_redis_address_from_the_environment(tmp_path: Path, environment: dict[str, str], url: str) -> None:
    """Host, port, login and encryption make one address, and a password may hold any character."""
    assert read("REDIS_URL", tmp_path, **environment).stdout.strip() == url


@pytest.mark.parametrize(
    ("url", "engine", "name", "options"),
    [
        ("", "sqlite3", "omega.sqlite3", "PRAGMA journal_mode=WAL"),
        ("sqlite:////tmp/own.sqlite3", "sqlite3", "/tmp/own.sqlite3", "PRAGMA journal_mode=WAL"),  # noqa: S108
        ("postgres://user:password@host/name", "postgresql", "name", "'connect_timeout': 5"),
        ("postgresql://host/name?connect_timeout=9", "postgresql", "name", "'connect_timeout': 9"),
        ("postgres://host/name?sslmode=require", "postgresql", "name", "'sslmode': 'require'"),
    ],
)
def test_database_from_the_environment(tmp_path: Path, url: str, engine: str, name: str, options: str) -> None:
    """SQLite with a log that readers do not wait for, or PostgreSQL that is given up when it hangs."""
    database = read("DATABASES['default']", tmp_path, DATABASE_URL=url).stdout
    assert f"django.db.backends.{engine}" in database
    assert f"{name}'" in database
    assert options in database


def test_database_file_is_in_the_data_folder_whatever_that_is_called(tmp_path: Path) -> None:
    """A path is not a URL: its signs stay what they are."""
    folder = tmp_path / "c++ 100%?"
    assert read("DATABASES['default']['NAME']", folder).stdout.strip() == str(folder / "data" / "omega.sqlite3")


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"OMEGA_MODE": "foo"}, "OMEGA_MODE is 'foo'; it must be live, replay or test"),
        ({"REPLAY_EXCHANGE_URL": "http://127.0.0.1:1"}, "REPLAY_EXCHANGE_URL is set while OMEGA_MODE is live"),
        ({"DEBUG": "1", "OMEGA_HOST": "0.0.0.0"}, "DEBUG is on while OMEGA_HOST is 0.0.0.0"),  # noqa: S104
        ({"SECRET_KEY": "short"}, "SECRET_KEY is a default or shorter than 50 characters"),
        ({"SECRET_KEY": "django-insecure-" + "k" * 60}, "SECRET_KEY is a default"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE points to /nowhere/key, which cannot be read"),
        ({"OMEGA_PORT": "abc"}, "OMEGA_PORT is 'abc'. Set it to a number"),
        ({"OMEGA_PORT": "0"}, "OMEGA_PORT is 0. Set it to a number from 1 to 65535"),
        ({"WEBSOCKET_PORT": "-1"}, "WEBSOCKET_PORT is -1. Set it to a number from 1 to 65535, or to 0"),
        ({"WEBSOCKET_SSL_PORT": "65536"}, "WEBSOCKET_SSL_PORT is 65536. Set it to a number from 1 to 65535, or to 0"),
        ({"WEBSOCKET_HOST": ""}, "WEBSOCKET_HOST is empty. Set it to a name or an address, or unset it for localhost"),
        ({"WEBSOCKET_PORT": "9887"}, "WEBSOCKET_PORT and WEBSOCKET_SSL_PORT are both 9887. Give each its own"),
        ({"WEBSOCKET_SSL_CERT": "cert.pem"}, "WEBSOCKET_SSL_CERT is set while WEBSOCKET_SSL_KEY is not"),
        ({"WEBSOCKET_SSL_KEY": "key.pem"}, "WEBSOCKET_SSL_KEY is set while WEBSOCKET_SSL_CERT is not"),
        ({"REDIS_HOST": "cache", "REDIS_PORT": "70000"}, "REDIS_PORT is 70000. Set it to a number"),
        ({"FAILOVER_REDIS_PORT": "-1"}, "FAILOVER_REDIS_PORT is -1. Set it to a number"),
        ({"FAILOVER_REDIS_HOST": "spare"}, "FAILOVER_REDIS_HOST is set while REDIS_HOST is not"),
        ({"REDIS_HOST": "cache:6380"}, "REDIS_HOST is 'cache:6380'. Set it to a name or an address"),
        ({"REDIS_HOST": "c", "FAILOVER_REDIS_HOST": "redis://c"}, "FAILOVER_REDIS_HOST is 'redis://c'"),
        ({"REDIS_HOST": "c", "REDIS_USERNAME": "u"}, "REDIS_USERNAME is set while REDIS_PASSWORD is not"),
        ({"REDIS_FAILOVER_SCOPE": "some"}, "REDIS_FAILOVER_SCOPE is 'some'. Set it to one of critical, all"),
        ({"REDIS_KEY_PREFIX": "a*"}, "REDIS_KEY_PREFIX is 'a*'. Use up to 64 letters"),
        ({"REDIS_KEY_PREFIX": "a b"}, "REDIS_KEY_PREFIX is 'a b'"),
        ({"OMEGA_ROLE": "operator"}, "OMEGA_ROLE is 'operator'. Set it to one of web, worker, command"),
        ({"HEALTH_CHECK_PORT": "0"}, "HEALTH_CHECK_PORT is 0. Set it to a number"),
        ({"SPOOL_MAX_MB": "much"}, "SPOOL_MAX_MB is 'much'. Set it to a number"),
        ({"WORKER_CONCURRENCY": ""}, "WORKER_CONCURRENCY is ''. Set it to a number"),
        ({"OMEGA_INSTRUMENTS": "BTCUSDT"}, "OMEGA_INSTRUMENTS holds 'BTCUSDT'. Write each one as BASE-QUOTE"),
        ({"OMEGA_INSTRUMENTS": "BTC-USDT,eth-usdt"}, "OMEGA_INSTRUMENTS holds 'eth-usdt'"),
        ({"OMEGA_INSTRUMENTS": "BTC-USDT\n"}, "OMEGA_INSTRUMENTS holds"),
        ({"OMEGA_INSTRUMENTS": ""}, "OMEGA_INSTRUMENTS is empty"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is empty. Name at least one, or unset it"),
        ({"ALLOWED_ORIGINS": ","}, "ALLOWED_ORIGINS is empty"),
        (
            {"ALLOWED_ORIGINS": "https://omega.example.org/"},
            "ALLOWED_ORIGINS holds 'https://omega.example.org/'. Write",
        ),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_ORIGINS holds 'http://*:8000'"),
        ({"ALLOWED_HOSTS": ".example.org"}, "ALLOWED_ORIGINS holds 'http://.example.org:8000'"),
        ({"PROXY_HOPS": "-1"}, "PROXY_HOPS is -1. Set it to 0 or more"),
        ({"SOCKETS_MAX": "0"}, "SOCKETS_MAX is 0. Set it to 1 or more"),
        ({"SOCKETS_PER_USER": "few"}, "SOCKETS_PER_USER is 'few'. Set it to a number"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is 'LOUD'. Set it to one of DEBUG, INFO, WARNING, ERROR"),
        *(
            ({"DATABASE_URL": url}, "DATABASE_URL cannot be used. Set it to postgres://")
            for url in ("garbage", "mysql://host/name", "postgres://host:port/name", "postgres://host", "sqlite://")
        ),
        ({"OMEGA_DATA_DIR": "/dev/null/data"}, "The data folder /dev/null/data cannot be written"),
    ],
)
def test_refused(tmp_path: Path, environment: dict[str, str], complaint: str) -> None:
    """Nothing starts with a dangerous or a meaningless value; the complaint names it."""
    answer = read("OMEGA_MODE", tmp_path, **environment)
    assert answer.returncode == 1
    assert complaint in answer.stderr.splitlines()[-1]


def test_encryption_key_is_made_once_and_kept_for_this_user_only(tmp_path: Path) -> None:
    """D-04: the first start makes one with mode 0600, which is not SECRET_KEY; later ones find it again."""
    first, second = read("OMEGA_ENCRYPTION_KEYS", tmp_path), read("OMEGA_ENCRYPTION_KEYS", tmp_path)
    kept = tmp_path / "data" / "encryption_keys"
    assert first.stdout == second.stdout == f"['{kept.read_text()}']\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text() != (tmp_path / "data" / "secret_key").read_text()


def test_encryption_keys_are_several_while_one_takes_over(tmp_path: Path) -> None:
    """S12: in their order, from the variable or from a file, on lines or with commas."""
    new, old = "n" * 43 + "=", "o" * 43 + "="
    (tmp_path / "keys").write_text(f"{new}\n{old}\n")
    for given in ({"OMEGA_ENCRYPTION_KEYS": f"{new},{old}"}, {"OMEGA_ENCRYPTION_KEYS_FILE": str(tmp_path / "keys")}):
        assert read("OMEGA_ENCRYPTION_KEYS", tmp_path, **given).stdout == f"['{new}', '{old}']\n"


def test_piece_of_the_secret_key_encrypts_nothing(tmp_path: Path) -> None:
    """D-04: whoever learns SECRET_KEY would open the API keys too; the refusal shows neither."""
    secret_key = "aB3_" * 16
    for key in (secret_key[:43] + "=", secret_key[2:45] + "="):
        given = {"SECRET_KEY": secret_key, "OMEGA_ENCRYPTION_KEYS": f"{'n' * 43}=,{key}"}
        answer = read("OMEGA_ENCRYPTION_KEYS", tmp_path, **given)
        assert "OMEGA_ENCRYPTION_KEYS holds a piece of SECRET_KEY" in answer.stderr
        assert key[:43] not in answer.stderr


@pytest.mark.parametrize("given", ["k" * 60, "short", "n" * 43 + "=,"])
def test_what_is_no_encryption_key_is_refused_without_being_shown(tmp_path: Path, given: str) -> None:
    """D-04: such as SECRET_KEY, which signs what browsers hold and is nothing to encrypt with."""
    answer = read("OMEGA_ENCRYPTION_KEYS", tmp_path, OMEGA_ENCRYPTION_KEYS=given)
    assert "OMEGA_ENCRYPTION_KEYS holds what is no key" in answer.stderr
    assert given not in answer.stderr
