"""What a key may do, judged each time that a line is opened with it: it need not have come through the admin."""

from datetime import UTC, datetime, timedelta

import pytest

from feeds.storage.database import DatabaseThread
from positions.models import Account
from tests.exchange.bitget.account import DeskAccount
from tests.positions.observer import AccountObserver
from tests.positions.running import following


async def test_key_that_may_trade_is_not_logged_in_with(
    held: DeskAccount, account: Account, observer: AccountObserver
) -> None:
    """B12: nothing is believed of its account, and the line says why."""
    held.card.rights = ("read", "trade")
    async with following(account):
        line = await observer.in_state("error", within=5.0)
    assert "This key may trade." in line.text
    assert not held.desk.logins


async def test_reason_lets_it_in(
    held: DeskAccount, account: Account, observer: AccountObserver, database: DatabaseThread
) -> None:
    """B12: as the account's row has it."""
    held.card.rights = ("read", "trade")
    await database.run(lambda: Account.objects.update(override_reason="it is the only one"))
    async with following(account):
        await observer.in_state("connected")


@pytest.mark.parametrize(("days", "alerts"), [(9, ["key_ends"]), (30, [])])
async def test_end_of_a_key_is_an_alert_before(
    held: DeskAccount,
    account: Account,
    observer: AccountObserver,
    database: DatabaseThread,
    days: int,
    alerts: list[str],
) -> None:
    """D-04: two weeks before, and not sooner."""
    expires_at = datetime.now(UTC) + timedelta(days=days)
    await database.run(lambda: Account.objects.update(expires_at=expires_at))
    async with following(account):
        line = await observer.in_state("connected")
    assert [alert.kind for alert in line.alerts] == alerts
