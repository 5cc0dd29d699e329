"""The gap ledger's audits, where ids do not show what is missing, at the replay exchange."""

import pytest
from msgspec import structs

from feeds.connection import repair
from feeds.connection.repair import NOT_SENT
from feeds.market.coverage import NOT_COMPARED
from feeds.models import Gap
from tests.feeds.connection.books import Books, ids
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_trade_that_was_not_sent_is_found_by_an_audit(books: Books) -> None:
    """E33: KuCoin's ids do not tell that one is missing, its last hundred trades do; stored, with a row."""
    async with books.open():
        books.trade(3, "kucoin")
        (dropped,) = books.trade(1, "kucoin", told=False)
        books.trade(3, "kucoin")
        (row,) = await books.settled()
    assert (row.reason, row.status, row.filled) == (NOT_SENT, Gap.Status.REPAIRED, 1)
    assert ids(await books.logged()) == [dropped.trade_id]


async def test_what_is_too_long_for_an_audit_is_a_row_like_others(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E33: an audit holds up the repairs no longer than for so many trades."""
    monkeypatch.setattr(repair, "MAX_TRADES", 500)
    async with books.open():
        books.trade(2, "gateio")
        dropped = books.trade(1100, "gateio", told=False)
        books.trade(2, "gateio")
        rows = await books.settled(2)
    assert {row.reason for row in rows} == {NOT_COMPARED, NOT_SENT}
    assert set(ids(dropped[-990:])) <= set(ids(await books.logged()))


async def test_ids_that_are_none_of_the_rest_s_are_not_compared(books: Books) -> None:
    """E33: KuCoin's old engine had other ids on its socket: nothing is stored twice for that."""
    async with books.open():
        trades = books.trade(6, "kucoin", told=False)
        books.tell([structs.replace(trade, trade_id=f"a{trade.trade_id}") for trade in trades], "kucoin")
        await wait_until(lambda: any("histories" in attempt.path for attempt in books.exchange.attempts))
        await books.ledger.finish()
    assert await books.rows() == []
    assert await books.logged() == []
