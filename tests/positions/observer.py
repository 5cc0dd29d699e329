"""Sees what an account leaves in Redis, and waits for what a test expects there."""

from collections.abc import Callable

from feeds.storage import keys
from feeds.storage.live import LiveStore
from positions import latest
from tests.waiting import PATIENCE_S, wait_for


class AccountObserver:
    def __init__(self, store: LiveStore, account: int) -> None:
        self._store = store
        self._account = account

    async def line(
        self, is_so: Callable[[latest.AccountState], object], within: float = PATIENCE_S
    ) -> latest.AccountState:
        """The state of its line, once this is true of it."""

        async def look() -> latest.AccountState | None:
            (held,) = await self._store.read([keys.account(self._account)])
            state = latest.decode_account(held) if held else None
            return state if state and is_so(state) else None

        return await wait_for(look, within)

    async def in_state(self, state: str, within: float = PATIENCE_S) -> latest.AccountState:
        return await self.line(lambda line: line.state == state, within)

    async def positions(
        self, is_so: Callable[[latest.PositionsState], object], within: float = PATIENCE_S
    ) -> latest.PositionsState:
        """What it holds, once this is true of it."""

        async def look() -> latest.PositionsState | None:
            (held,) = await self._store.read([keys.positions(self._account)])
            state = latest.decode_positions(held) if held else None
            return state if state and is_so(state) else None

        return await wait_for(look, within)

    async def orders(
        self, is_so: Callable[[latest.OrdersState], object], within: float = PATIENCE_S
    ) -> latest.OrdersState:
        """What it has ordered, once this is true of it."""

        async def look() -> latest.OrdersState | None:
            (held,) = await self._store.read([keys.orders(self._account)])
            state = latest.decode_orders(held) if held else None
            return state if state and is_so(state) else None

        return await wait_for(look, within)
