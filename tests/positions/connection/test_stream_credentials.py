"""The loop of an account whose key is refused, wrong, edited, or another one: told, and not tried again and again."""

import pytest

from feeds.storage.database import DatabaseThread
from positions.keys.credentials import Credentials
from positions.keys.encryption import seal
from positions.models import Account, Position
from tests.clock import ScaledClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.desk import BitgetDesk
from tests.positions.conftest import CREDENTIALS
from tests.positions.observer import AccountObserver
from tests.positions.running import following

pytestmark = pytest.mark.django_db(transaction=True)


async def test_revoked_key_leaves_what_was_held_and_says_so(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """B3: an error within 5 s; the position stays with its age, and no row says that it is 0."""
    async with following(account):
        await observer.in_state("connected")
        held.revoke()
        line = await observer.in_state("error", within=5.0)
        state = await observer.positions(lambda state: state.stale_since_at)
    assert "API key refused" in line.text
    assert [alert.kind for alert in line.alerts] == ["refused"]
    assert [f"{each.size:f}" for each in state.positions] == ["0.5"]
    assert not await database.run(Position.objects.filter(size=0).exists)


@pytest.mark.parametrize(
    ("credentials", "sentence"),
    [
        (Credentials(CREDENTIALS.key, "another secret", CREDENTIALS.passphrase), "signature refused"),
        (Credentials(CREDENTIALS.key, CREDENTIALS.secret, "another phrase"), "passphrase refused"),
        (Credentials("another key", CREDENTIALS.secret, CREDENTIALS.passphrase), "API key refused"),
    ],
    ids=["secret", "passphrase", "key"],
)
async def test_wrong_credentials_are_told_with_their_reason(
    held: DeskAccount,
    account: Account,
    observer: AccountObserver,
    database: DatabaseThread,
    credentials: Credentials,
    sentence: str,
) -> None:
    """B1 B4 M-09: within 5 s, after at most two logins, and nothing secret is in it."""
    await database.run(save_credentials, account, credentials)
    async with following(account):
        line = await observer.in_state("error", within=5.0)
    assert sentence in line.text
    assert not any(secret in line.text for secret in (credentials.secret, credentials.passphrase))
    assert len(held.desk.logins) <= 2
    assert line.retry_at is None


async def test_edited_credentials_are_taken_at_once(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread, quick: ScaledClock
) -> None:
    """M-09: what was refused is over."""
    await database.run(save_credentials, account, Credentials(CREDENTIALS.key, "another", CREDENTIALS.passphrase))
    async with following(account, quick):
        await observer.in_state("error")
        await database.run(save_credentials, account, CREDENTIALS)
        line = await observer.in_state("connected")
    assert line.alerts == []


def save_credentials(account: Account, credentials: Credentials) -> None:
    seal(account, credentials)
    account.save()


async def test_refused_signature_is_tried_twice_and_not_again(
    held: DeskAccount, account: Account, observer: AccountObserver
) -> None:
    """B1 B-05: the venue's clock is asked in between, and the sentence says how far off ours is."""
    held.desk.faults.login_code = "30015"
    async with following(account):
        line = await observer.in_state("error", within=5.0)
    assert "check secret, passphrase, clock (skew " in line.text
    assert len(held.desk.logins) == 2
    assert sum("time" in call.path for call in held.desk.calls) == 2


@pytest.mark.parametrize("offset", [60.0, -60.0])
async def test_wrong_clock_is_corrected_and_told(
    held: DeskAccount, account: Account, observer: AccountObserver, offset: float
) -> None:
    """B2: connected within 5 s by the venue's own time."""
    held.desk.faults.clock_offset = offset
    async with following(account):
        line = await observer.line(lambda line: line.state == "connected", within=5.0)
    assert [alert.kind for alert in line.alerts] == ["clock"]
    assert line.clock_skew_ms == pytest.approx(offset * 1000, abs=2000)


async def test_address_that_is_not_allowed_is_named(
    desk: BitgetDesk, account: Account, observer: AccountObserver
) -> None:
    """B4."""
    desk.open_account(CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase, addresses=("192.0.2.1",))
    async with following(account):
        line = await observer.in_state("error", within=5.0)
    assert "our IP address is not on the key's list" in line.text


async def test_key_of_another_account_is_refused_before_anything_is_believed(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """B11: nothing of it is shown or stored, and nobody logs in with it."""
    await database.run(lambda: Account.objects.filter(pk=account.pk).update(uid="2002"))
    async with following(account):
        line = await observer.in_state("error", within=5.0)
        state = await observer.positions(lambda state: True)
    assert "another BitGet account" in line.text
    assert [alert.kind for alert in line.alerts] == ["refused"]
    assert (state.positions, state.is_known) == ([], False)
    assert held.desk.logins == []
    assert not await database.run(Position.objects.exists)


async def test_credentials_that_do_not_open_are_told(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """S12: with the sentence that helps, without the label, which is not for every reader; nothing is asked."""
    await database.run(lambda: Account.objects.filter(pk=account.pk).update(sealed="", label="Börse"))
    async with following(account):
        line = await observer.in_state("error")
    assert "This account has no API key yet" in line.text
    assert held.desk.calls == []
