"""The certificate of the broadcast endpoint: what is served with it, and what is said when it is wrong or old."""

import asyncio
import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings
from trustme import CA, LeafCert

from omega_site.certificate import LOOK_EVERY_S, has_certificate, read_certificate
from tests.clock import ManualClock

HOST = "localhost"


@pytest.fixture(scope="module")
def authority() -> CA:
    return CA()


@pytest.fixture(scope="module")
def certificate(authority: CA) -> LeafCert:
    return authority.issue_cert(HOST)


def store(settings: Settings, folder: Path, certificate: LeafCert) -> None:
    """Where an operator would have put them."""
    settings.WEBSOCKET_SSL_PORT = 9887
    settings.WEBSOCKET_SSL_CERT, settings.WEBSOCKET_SSL_KEY = str(folder / "cert.pem"), str(folder / "key.pem")
    (folder / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    (folder / "key.pem").write_bytes(certificate.private_key_pem.bytes())


def test_none_without_a_certificate(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """W-04: no certificate is no error: one warning says which port stays closed, and what opens it."""
    settings.WEBSOCKET_SSL_PORT = 9887
    assert read_certificate() is None
    assert not has_certificate()
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "wss is not served on port 9887" in record.getMessage()
    assert "WEBSOCKET_SSL_CERT" in record.getMessage()


async def test_handshake_succeeds(
    settings: Settings, tmp_path: Path, authority: CA, certificate: LeafCert, caplog: pytest.LogCaptureFixture
) -> None:
    """W-04: a client that knows the authority gets TLS 1.2 or newer, and no older one; nothing is said about it."""
    store(settings, tmp_path, certificate)
    assert has_certificate()
    certified = read_certificate()
    assert certified
    assert certified.context.minimum_version is ssl.TLSVersion.TLSv1_2
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=certified.context)
    async with server:
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname=HOST)
        assert writer.get_extra_info("ssl_object").version() in ("TLSv1.2", "TLSv1.3")
        writer.close()
    assert caplog.records == []


@pytest.mark.parametrize(
    ("days", "said"), [(31, None), (29, "ends on 2026-01-30"), (1, "ends on 2026-01-02"), (-1, "ended on 2025-12-31")]
)
async def test_warning_before_its_end(
    settings: Settings,
    tmp_path: Path,
    authority: CA,
    caplog: pytest.LogCaptureFixture,
    days: int,
    said: str | None,
) -> None:
    """W-04: from 30 days before its end on each start says the date; what has ended is served all the same."""
    await watched(settings, tmp_path, authority, days, 0)
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == (1 if said else 0)
    assert all(said and said in message and "Renew it" in message for message in messages)


async def test_warning_once_a_day(
    settings: Settings, tmp_path: Path, authority: CA, caplog: pytest.LogCaptureFixture
) -> None:
    """W-04: a program that runs for longer than its certificate says so in time, and no more often than it looks."""
    await watched(settings, tmp_path, authority, 32, 34)
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 33
    assert ["ended" in message for message in messages] == [False] * 30 + [True] * 3


async def watched(settings: Settings, folder: Path, authority: CA, ends_in: int, for_days: int) -> None:
    """A certificate that ends in so many days, looked at for so many."""
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    ends_at = clock.now() + timedelta(days=ends_in)
    store(settings, folder, authority.issue_cert(HOST, not_before=ends_at - timedelta(90), not_after=ends_at))
    certified = read_certificate()
    assert certified
    watching = asyncio.create_task(certified.watch(clock))
    await clock.advance(for_days * LOOK_EVERY_S)
    watching.cancel()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("key.pem", None, "No such file or directory"),
        ("cert.pem", None, "No such file or directory"),
        ("cert.pem", b"nothing", "no PEM file"),
        ("cert.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no PEM file"),
        ("key.pem", b"", "no PEM file"),
        ("key.pem", CA().issue_cert(HOST).private_key_pem.bytes(), "the key belongs to another certificate"),
    ],
)
def test_unusable_files_are_none(
    settings: Settings,
    tmp_path: Path,
    certificate: LeafCert,
    caplog: pytest.LogCaptureFixture,
    name: str,
    content: bytes | None,
    reason: str,
) -> None:
    """W-04: the one warning names the port, the files, the reason and the variables."""
    store(settings, tmp_path, certificate)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert read_certificate() is None
    assert not has_certificate()
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    for part in ("9887", str(tmp_path / "cert.pem"), str(tmp_path / "key.pem"), reason, "WEBSOCKET_SSL_KEY"):
        assert part in record.getMessage()
