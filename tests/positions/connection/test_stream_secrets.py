"""What is told of an account, while its line is refused or cut, without anything of its credentials."""

import logging

import pytest

from feeds.storage.database import DatabaseThread
from positions.models import Account, StreamEvent
from tests.clock import ScaledClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.faults import Answer
from tests.positions.conftest import CREDENTIALS
from tests.positions.observer import AccountObserver
from tests.positions.running import following

pytestmark = pytest.mark.django_db(transaction=True)


async def test_no_secret_is_logged(
    held: DeskAccount, account: Account, observer: AccountObserver, caplog: pytest.LogCaptureFixture
) -> None:
    """S11: nor a piece of one, at DEBUG, through a login, a cut and a refusal."""
    caplog.set_level(logging.DEBUG)
    for name in ("websockets", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    async with following(account):
        await observer.in_state("connected")
        held.cut()
        await observer.in_state("reconnecting")
        await observer.in_state("connected")
        held.revoke()
        await observer.in_state("error")
    assert not pieces_in(caplog.text)


async def test_what_the_venue_echoes_is_told_to_nobody(
    held: DeskAccount,
    account: Account,
    observer: AccountObserver,
    database: DatabaseThread,
    quick: ScaledClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """S11: of a code that we do not know only the code is told, in the log, the rows and Redis."""
    held.desk.faults.is_echoing = True
    async with following(account, quick):
        await observer.in_state("connected")
        held.desk.faults.answers[""] = Answer("99998")
        line = await observer.line(lambda line: line.alerts)
        assert "99998" in line.alerts[0].text
        held.desk.faults.login_code = "99999"
        held.cut()
        refused = await observer.line(lambda line: "99999" in line.text)
    rows = await database.run(lambda: [*StreamEvent.objects.values_list("text", flat=True)])
    assert any("99998" in row for row in rows)
    assert not pieces_in(f"{caplog.text}{rows}{line}{refused}")


def pieces_in(text: str) -> list[str]:
    """What of the secrets is there, whole or in part."""
    secrets = (CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase)
    return [each for each in secrets for at in range(len(each) - 7) if each[at : at + 8] in text]
