"""The servers of the broadcast program, on real ports, around an application that holds whoever comes."""

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings
from trustme import CA
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from omega_site import port
from omega_site.broadcast import Broadcast
from omega_site.certificate import LOOK_EVERY_S
from omega_site.probes import free_port
from omega_site.signpost import signpost
from omega_site.start_error import StartError
from tests.clock import ManualClock
from tests.omega_site.holding import Holder, ask, close_nobody, raw_handshake, serving
from tests.waiting import wait_until


async def test_plain_and_tls_at_once(settings: Settings, tmp_path: Path, holder: Holder) -> None:
    """W-03, W-04: ws://host:port and wss://host:ssl_port reach the same application."""
    authority = CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    settings.WEBSOCKET_SSL_CERT = settings.WEBSOCKET_SSL_KEY = str(tmp_path / "both.pem")
    settings.WEBSOCKET_PORT, settings.WEBSOCKET_SSL_PORT = free_port(), free_port()
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    servers = Broadcast(holder, holder.close_all)
    plain, tls = await servers.start_server()
    assert (plain, tls[:6]) == (f"ws://localhost:{settings.WEBSOCKET_PORT}/", "wss://")
    async with connect(plain, proxy=None) as first, connect(tls, ssl=trusting, proxy=None) as second:
        for socket in (first, second):
            await socket.send("hello")
            assert await socket.recv() == "hello"
        await servers.stop_server()
        for socket in (first, second):
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            assert socket.close_code == 1001


async def test_taken_port_is_refused(settings: Settings, served: int, holder: Holder) -> None:
    """The sentence names the port and the variable that chooses another one."""
    with pytest.raises(StartError, match=f"Port {served} on localhost is taken.* set WEBSOCKET_PORT to another"):
        await Broadcast(holder, close_nobody).start_server()


async def test_host_of_another_machine_is_refused(settings: Settings, holder: Holder) -> None:
    """The sentence names both variables."""
    settings.WEBSOCKET_HOST, settings.WEBSOCKET_SSL_PORT = "192.0.2.1", 0
    with pytest.raises(StartError, match="cannot be used .*WEBSOCKET_HOST.*WEBSOCKET_PORT"):
        await Broadcast(holder, close_nobody).start_server()


@pytest.mark.parametrize(
    ("plain", "tls", "certificate", "opened"),
    [
        (0, 0, "", []),
        (0, 9887, "", []),
        (9886, 9887, "", ["WEBSOCKET_PORT"]),
        (0, 9887, "cert.pem", ["WEBSOCKET_SSL_PORT"]),
        (9886, 0, "cert.pem", ["WEBSOCKET_PORT"]),
        (9886, 9887, "cert.pem", ["WEBSOCKET_PORT", "WEBSOCKET_SSL_PORT"]),
    ],
)
def test_ports_that_are_opened(settings: Settings, plain: int, tls: int, certificate: str, opened: list[str]) -> None:
    """W-03: 0 leaves a port closed, and TLS needs a certificate."""
    settings.WEBSOCKET_PORT, settings.WEBSOCKET_SSL_PORT, settings.WEBSOCKET_SSL_CERT = plain, tls, certificate
    assert port.broadcast_ports() == opened


async def test_broken_certificate_leaves_the_plain_port(
    settings: Settings, holder: Holder, caplog: pytest.LogCaptureFixture
) -> None:
    """W-04: files that are not there are one warning; ws is served all the same."""
    settings.WEBSOCKET_PORT, settings.WEBSOCKET_SSL_PORT = free_port(), free_port()
    settings.WEBSOCKET_SSL_CERT = settings.WEBSOCKET_SSL_KEY = "/nowhere/both.pem"
    servers = Broadcast(holder, holder.close_all)
    (plain,) = await servers.start_server()
    async with connect(plain, proxy=None) as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
    await servers.stop_server()
    (record,) = caplog.records
    assert f"wss is not served on port {settings.WEBSOCKET_SSL_PORT}: /nowhere/both.pem" in record.getMessage()


async def test_broken_certificate_alone_is_refused(settings: Settings, holder: Holder) -> None:
    """Only wss is asked for, and cannot be: a program that seems to serve would hide it."""
    settings.WEBSOCKET_PORT, settings.WEBSOCKET_SSL_PORT = 0, free_port()
    settings.WEBSOCKET_SSL_CERT = settings.WEBSOCKET_SSL_KEY = "/nowhere/both.pem"
    with pytest.raises(StartError, match="nothing to serve: WEBSOCKET_PORT is 0, and the certificate"):
        await Broadcast(holder, close_nobody).start_server()


async def test_its_end_is_looked_at_while_it_runs(
    settings: Settings, tmp_path: Path, holder: Holder, caplog: pytest.LogCaptureFixture
) -> None:
    """W-04: once a day, and not after the program was stopped."""
    CA().issue_cert(
        "localhost", not_after=datetime(2026, 12, 1, tzinfo=UTC)
    ).private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    settings.WEBSOCKET_SSL_CERT = settings.WEBSOCKET_SSL_KEY = str(tmp_path / "both.pem")
    settings.WEBSOCKET_PORT, settings.WEBSOCKET_SSL_PORT = 0, free_port()
    clock = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
    servers = Broadcast(holder, close_nobody, clock)
    await servers.start_server()
    await clock.advance(2 * LOOK_EVERY_S)
    await servers.stop_server()
    await clock.advance(LOOK_EVERY_S)
    assert ["ends on 2026-12-01" in record.getMessage() for record in caplog.records] == [True] * 3
    assert clock.sleepers == 0


async def test_pages_are_elsewhere(settings: Settings) -> None:
    """A browser that opens the port is told where to go; a probe is told that it lives."""
    settings.ALLOWED_ORIGINS = ["https://omega.example"]
    async with serving(settings, signpost) as served:
        live = await ask(served, b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        page = await ask(served, b"GET /login/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert live.startswith(b"HTTP/1.1 200 ")
    assert live.endswith(b"\r\n\r\nok")
    assert page.startswith(b"HTTP/1.1 426 ")
    assert b"\r\nupgrade: websocket\r\n" in page
    assert b"https://omega.example/" in page


async def test_forgotten_socket_gets_1001_too(settings: Settings, holder: Holder) -> None:
    """W-14: an application that closes nothing does not keep the server, nor the code from its clients."""
    async with serving(settings, holder) as served:
        socket = await connect(f"ws://127.0.0.1:{served}/", proxy=None)
        await wait_until(lambda: holder.sockets)
    with pytest.raises(ConnectionClosed):
        await socket.recv()
    assert socket.close_code == 1001
    assert holder.ended == 1


async def test_reader_that_stops_does_not_keep_the_server(settings: Settings, holder: Holder) -> None:
    """W-14: what it does not take is thrown away; the end comes within three seconds."""
    async with serving(settings, holder, holder.close_all) as served:
        _, writer = await raw_handshake(served, reads=False)
        await wait_until(lambda: holder.sockets)
        (send,) = holder.sockets
        for _ in range(20):
            await asyncio.wait_for(send({"type": "websocket.send", "text": "x" * 50_000}), 1)
        stopped = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - stopped < 3
    writer.close()


@pytest.mark.parametrize("is_on", [False, True])
async def test_compression_is_a_setting(settings: Settings, holder: Holder, is_on: bool) -> None:
    """W-18: permessage-deflate is agreed on where the setting says so, and only there."""
    settings.WEBSOCKET_COMPRESSION = is_on
    async with serving(settings, holder) as served, connect(f"ws://127.0.0.1:{served}/", proxy=None) as socket:
        extensions = [extension.name for extension in socket.protocol.extensions]
        await socket.send("a" * 1000)
        assert await socket.recv() == "a" * 1000
    assert extensions == (["permessage-deflate"] if is_on else [])
