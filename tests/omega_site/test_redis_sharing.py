"""A Redis of somebody else's: what it has to show, and how our names in it are told from others'."""

import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
import trustme

from omega_site.redis_addresses import Role
from tests.faults import certificate
from tests.redis_server import RedisServer

ROOT = Path(__file__).resolve().parents[2]
BROKER = """
from omega_site.celery import app
app.connection_for_write().ensure_connection(max_retries=1, interval_start=0)
"""
LAYER = """
import asyncio, django
django.setup()
from channels.layers import get_channel_layer
asyncio.run(get_channel_layer().group_send("everybody", {"type": "hello"}))
"""
TASK = "from omega_site.celery import app; app.send_task('told', ignore_result=True)"


def run(program: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """With just this environment, as the product's processes have it."""
    basics = {"PATH": os.environ["PATH"], "OMEGA_DATA_DIR": str(folder), "REDIS_HOST": "127.0.0.1"}
    basics |= {"DJANGO_SETTINGS_MODULE": "omega_site.settings"}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=basics | environment, capture_output=True, text=True, timeout=30
    )


@contextmanager
def encrypted(authority: trustme.CA) -> Iterator[tuple[int, list[bytes]]]:
    """The port of a server that shows a certificate of this authority, and the first bytes of each who believed it."""
    tls = certificate.context(certificate.good(authority))
    heard: list[bytes] = []
    with socket.create_server((certificate.HERE, 0)) as listening:
        serving = Thread(target=_hear, args=(listening, tls, heard))
        serving.start()
        yield listening.getsockname()[1], heard
        listening.shutdown(socket.SHUT_RDWR)
        serving.join(10)


def _hear(listening: socket.socket, tls: ssl.SSLContext, heard: list[bytes]) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:  # the end
            return
        try:
            with tls.wrap_socket(connection, server_side=True) as line:
                heard.append(line.recv(1 << 10))
        except OSError:  # refused by the client
            connection.close()


@pytest.mark.parametrize("program", [BROKER, LAYER], ids=["Celery", "Channels"])
def test_server_with_an_unknown_certificate_is_refused(tmp_path: Path, program: str) -> None:
    """L-09: whoever is in the path hears no password; nor is the test's own authority refused where it is known."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    with encrypted(authority) as (port, heard):
        login = {"REDIS_PORT": str(port), "REDIS_USE_SSL": "1", "REDIS_PASSWORD": "long enough"}
        refused = run(program, tmp_path, **login)
        assert heard == []
        run(program, tmp_path, **login, SSL_CERT_FILE=str(tmp_path / "authority.pem"))
    assert "CERTIFICATE_VERIFY_FAILED" in refused.stderr
    assert any(b"long enough" in said for said in heard)


def test_every_name_of_ours_begins_with_the_prefix(tmp_path: Path, own_redis: RedisServer) -> None:
    """L-09: two sites in one Redis take neither each other's tasks nor each other's messages."""
    told = {"REDIS_PORT": str(own_redis.listen()), "REDIS_KEY_PREFIX": "mine:"}
    with own_redis.client() as client, client.pubsub() as everything:
        everything.psubscribe("*")
        everything.get_message(timeout=5)
        for program in (TASK, LAYER):
            answer = run(program, tmp_path, **told)
            assert answer.returncode == 0, answer.stderr
        names = {*client.keys()} | {everything.get_message(timeout=5)["channel"]}
    assert {name.split(b":")[0] for name in names} == {b"mine"}
    assert b"mine:celery" in names


def test_rights_of_the_pages_begin_with_the_prefix(tmp_path: Path) -> None:
    """S13: under a prefix the web role reaches the queue and the channels there, and no others."""
    program = "from omega_site.redis_users import user_lines; print(*user_lines({'web': 'p'}), sep='\\n')"
    web = run(program, tmp_path, REDIS_KEY_PREFIX="mine:").stdout.splitlines()[1].split()
    assert web[1] == Role.WEB
    assert {"~mine:celery*", "~mine:_kombu.*", "&mine:asgi*"} <= {*web}
    assert not {"~celery*", "~_kombu.*", "&asgi*"} & {*web}
