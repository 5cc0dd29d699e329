"""What REST refuses to the loop of an account, and whom that concerns. Ten of its seconds pass in one of ours."""

import pytest

from feeds.clock import SystemClock
from feeds.storage.allowance import CONNECT, Allowance
from feeds.storage.live import LiveStore
from positions.limits import CONNECTS, VENUE
from positions.models import Account
from tests.clock import ScaledClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.bitget.faults import Answer
from tests.positions.observer import AccountObserver
from tests.positions.running import following

pytestmark = pytest.mark.django_db(transaction=True)


async def test_key_that_only_rest_refuses_ends_the_line(
    held: DeskAccount, account: Account, observer: AccountObserver, quick: ScaledClock
) -> None:
    """B3: the venue leaves the socket open; nothing is believed of it any more."""
    async with following(account, quick):
        await observer.in_state("connected")
        held.card.is_revoked = True
        line = await observer.in_state("error")
        state = await observer.positions(lambda state: state.stale_since_at)
    assert "API key refused" in line.text
    assert [f"{each.size:f}" for each in state.positions] == ["0.5"]


async def test_limit_of_one_account_is_none_of_the_others(
    desk: BitgetDesk, held: DeskAccount, account: Account, observer: AccountObserver, redis_server: str
) -> None:
    """B-24: REST refused it one call too many on its way in; sockets may be opened for whoever else there is."""
    desk.faults.answers["account/info"] = Answer("429", status=429, retry_after=600)
    async with following(account):
        await observer.line(lambda line: "too many requests" in line.text)
    store = LiveStore(redis_server)
    assert await Allowance(store, SystemClock()).ask(VENUE, CONNECT, CONNECTS) == 0.0
    await store.close()


async def test_ban_that_rest_told_is_one_for_all_sockets(
    desk: BitgetDesk, held: DeskAccount, account: Account, observer: AccountObserver, redis_server: str
) -> None:
    """B-24: counted once, though the line ends by it as well: a second one would be twice as long."""
    desk.faults.answers["account/info"] = Answer("403", status=403, retry_after=300)
    async with following(account):
        await observer.line(lambda line: "our address is shut out" in line.text)
    store = LiveStore(redis_server)
    assert 290.0 < await Allowance(store, SystemClock()).ask(VENUE, CONNECT, CONNECTS) <= 300.0
    await store.close()


async def test_line_that_is_connected_has_earlier_bans_forgiven(
    held: DeskAccount, account: Account, observer: AccountObserver, redis_server: str
) -> None:
    """B-24: the next one is a first one again, and not twice as long."""
    store = LiveStore(redis_server)
    assert await store.count_ban(VENUE, 600.0) == 1
    async with following(account):
        await observer.in_state("connected")
    assert await store.count_ban(VENUE, 600.0) == 1
    await store.close()


async def test_refused_key_leaves_no_alert_of_questions_that_nobody_asks(
    held: DeskAccount, account: Account, observer: AccountObserver, quick: ScaledClock
) -> None:
    """B3 M-09: what REST did not tell, and fills that are not known, could never be over."""
    async with following(account, quick):
        await observer.in_state("connected")
        for path in ("all-position", "order/fills"):
            held.desk.faults.answers[path] = Answer("45001", 200)
        await observer.line(lambda line: {alert.kind for alert in line.alerts} == {"rest", "fills"})
        held.revoke()
        line = await observer.line(lambda line: line.state == "error" and len(line.alerts) == 1)
    assert line.alerts[0].kind == "refused"
