"""Where settings get their values, and which values they refuse; each in a Python of its own."""

from pathlib import Path

import pytest

from omega_site.data_folder import hold
from tests.omega_site.reading import read


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
    assert values == "127.0.0.1 8080 all 512 \n"


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
        ({"HEALTH_CHECK_PORT": "-1"}, "HEALTH_CHECK_PORT is -1. Set it to a number"),
        ({"HEALTH_CHECK_PORT": "8000"}, "OMEGA_PORT and HEALTH_CHECK_PORT are both 8000. Give each its own."),
        ({"HEALTH_CHECK_PORT": "9886"}, "WEBSOCKET_PORT and HEALTH_CHECK_PORT are both 9886. Give each its own."),
        ({"OMEGA_PORT": "9887"}, "OMEGA_PORT and WEBSOCKET_SSL_PORT are both 9887. Give each its own."),
        ({"MONITORING_TOKEN": "short"}, "MONITORING_TOKEN cannot be used. Set it to 32 or more"),
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
