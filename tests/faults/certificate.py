"""Certificates that a client must refuse, beside one that it has to accept."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

from trustme import CA, LeafCert

HERE = "127.0.0.1"


def good(authority: CA) -> LeafCert:
    return authority.issue_cert(HERE)


def expired(authority: CA) -> LeafCert:
    january = datetime(2020, 1, 1, tzinfo=UTC)
    return authority.issue_cert(HERE, not_before=january, not_after=january + timedelta(days=90))


def for_another_host(authority: CA) -> LeafCert:
    return authority.issue_cert("exchange.example")


def of_an_unknown_authority(authority: CA) -> LeafCert:
    return CA().issue_cert(HERE)


def context(certificate: LeafCert) -> ssl.SSLContext:
    """What a server needs to show it."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(tls)
    return tls
