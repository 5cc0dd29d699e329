"""What a worker tells of accounts, put where a web process finds it."""

from datetime import UTC, datetime

from asgiref.sync import async_to_sync
from msgspec import structs

from feeds.storage.live import LiveStore
from positions.models import Account
from tests.dashboard.accounts.samples import (
    LONG,
    ORDERS,
    State,
    account_state,
    debug_state,
    orders_state,
    positions_state,
    write,
)


def put(url: str, *states: State) -> None:
    """Writes states as a worker does."""

    async def write_all() -> None:
        store = LiveStore(url)
        await write(store, *states)
        await store.close()

    async_to_sync(write_all)()


def put_account(url: str, account: Account, held: str = "SECRETUSDT") -> None:
    """All that a worker tells of an account that holds this symbol."""
    line = structs.replace(LONG, symbol=held)
    put(url, positions_state(account.pk, line), orders_state(account.pk, *ORDERS))
    put(url, account_state(account.pk, now=datetime.now(UTC)), debug_state(account.pk))
