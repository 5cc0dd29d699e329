"""What goes out in headers comes up nowhere else, whatever goes wrong."""

import logging
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import quote

import pytest
import pytest_asyncio
from pytest_django import Settings

from feeds.errors import ConnectFailed
from positions.errors import AccountRefused, Failure
from tests.clock import ManualClock
from tests.exchange.bitget.faults import Answer
from tests.positions.calling import CREDENTIALS, PLAN, Calling, open_calling

POSITIONS = "all-position"
BEYOND_HEADERS = ["CANARY\nkey", "CANARY\r\nX-Other: 1", " CANARY", "CANARY\x00", "CANARY-ключ", "CANARY\udc80"]


@pytest_asyncio.fixture
async def calling(settings: Settings, clock: ManualClock) -> AsyncIterator[Calling]:
    async with open_calling(settings, clock) as calling:
        yield calling


def forms(secret: str) -> list[str]:
    """In which it could be written down."""
    raw = secret.encode()
    return [secret, raw.hex(), b64encode(raw).decode(), quote(secret, safe=""), repr(raw)]


@pytest.mark.parametrize("text", BEYOND_HEADERS, ids=range(len(BEYOND_HEADERS)))
@pytest.mark.parametrize("part", ["key", "secret", "passphrase"])
async def test_secret_that_no_header_can_carry_is_not_sent(
    calling: Calling, caplog: pytest.LogCaptureFixture, part: str, text: str
) -> None:
    """S11: the libraries that send would quote it in their complaint."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(AccountRefused) as refusal:
        await calling.client(credentials=replace(CREDENTIALS, **{part: text})).positions()
    refused = refusal.value
    assert refused.failure is Failure.CREDENTIALS
    assert refused.__cause__ is refused.__context__ is None
    assert "CANARY" not in f"{refused}{refused!r}{caplog.text}"
    assert calling.codes() == []


async def test_no_error_and_no_log_line_holds_a_secret(
    calling: Calling, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """S11: whatever goes wrong, down to the libraries' own lines at DEBUG; plain, as hex, base64 or in a URL."""

    async def outcome(uid: str) -> str:
        try:
            return repr(await calling.client(PLAN._replace(uid=uid)).positions())
        except (AccountRefused, ConnectFailed) as error:
            return f"{error!r} {error.__cause__!r} {error.__context__!r}"

    caplog.set_level(logging.DEBUG)
    for library in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, library)
    account = calling.open()
    told = []
    for code in ("00000", "40008", "40009", "40012", "45001", "429", "99999"):
        calling.desk.faults.answers[POSITIONS] = Answer(code, times=2)
        told.append(await outcome(uid=code))
    account.revoke()
    told.append(await outcome(uid="1"))
    settings.REPLAY_EXCHANGE_URL = "http://127.0.0.1:9"
    told.append(await outcome(uid="2"))
    text = f"{told}{caplog.text}"
    secrets = (CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase)
    assert [form for secret in secrets for form in forms(secret) if form in text] == []
    assert "ACCESS-" not in text
    assert "all-position" in caplog.text
