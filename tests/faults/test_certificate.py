"""TLS that proves nothing: refused before a word of ours is sent, and called by its name."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Final

import pytest
from trustme import CA, LeafCert

from feeds.connection.http import trust
from feeds.errors import CertificateRefused, ConnectFailed
from tests.clock import ManualClock
from tests.faults import certificate, scripts
from tests.faults.peer import peer
from tests.faults.session import end_of, session
from tests.faults.wire import frame
from tests.feeds.connection.listener import hear
from tests.waiting import wait_until

SWITCH_WITHIN_S: Final = 2.5


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CA]:
    """One that this machine trusts for the time of a test."""
    authority = CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    monkeypatch.setenv("no_proxy", "*")
    trust.cache_clear()
    yield authority
    trust.cache_clear()


async def test_good_certificate_is_accepted(authority: CA, clock: ManualClock) -> None:
    """E3: the control. Over TLS the subscription arrives, and what the venue says comes back."""
    tls = certificate.context(certificate.good(authority))
    async with peer(scripts.upgrade([frame(b'{"result":null,"id":1}')]), tls) as there:
        async with session(f"wss://{there.host}/", clock) as frames:
            await hear(frames)
        assert len(there.visits) == 1


@pytest.mark.parametrize(
    "issue", [certificate.expired, certificate.for_another_host, certificate.of_an_unknown_authority]
)
async def test_bad_certificate_is_refused_before_a_word(
    authority: CA, clock: ManualClock, issue: Callable[[CA], LeafCert]
) -> None:
    """E3: its reason is "certificate", not "connect"; 0 bytes were said inside, and nothing is tried in clear text."""
    async with peer(scripts.never_answer, certificate.context(issue(authority))) as there:
        end = await end_of(f"wss://{there.host}/", clock)
        assert isinstance(end, CertificateRefused)
        assert end.reason == "certificate"
        assert there.visits == []


@pytest.mark.xfail(strict=True, reason="http.py calls it a failed connection")
@pytest.mark.parametrize("issue", [certificate.expired, certificate.of_an_unknown_authority])
async def test_bad_certificate_of_the_rest_is_refused_too(
    authority: CA, clock: ManualClock, issue: Callable[[CA], LeafCert]
) -> None:
    """E3 E30: KuCoin's token is not taken from a stranger."""
    async with peer(scripts.never_answer, certificate.context(issue(authority))) as there:
        assert isinstance(await end_of(f"https://{there.host}/", clock, "kucoin"), CertificateRefused)
        assert there.visits == []


@pytest.mark.xfail(strict=True, reason="a connection has three seconds to be made")
async def test_handshake_that_stalls_is_a_failed_connection(authority: CA, clock: ManualClock) -> None:
    """E3: the peer takes our hello and says nothing; that hello is all it ever hears, for less than 2.5 s."""
    began = monotonic()
    async with peer(scripts.never_answer) as there:
        assert isinstance(await end_of(f"wss://{there.host}/", clock), ConnectFailed)
        assert monotonic() - began < SWITCH_WITHIN_S
        (visit,) = there.visits
        await wait_until(visit.reader.at_eof)
        # A record of TLS, kind 22, handshake; the next byte of ours would be the subscription's.
        assert visit.heard[0] == 22
        assert len(visit.heard) == 5 + int.from_bytes(visit.heard[3:5])
