"""The sockets of the accounts' pages: for whoever is logged in, and for staff. Rights are looked at again and again."""

from typing import Any, Final

from channels.db import database_sync_to_async

from dashboard.accounts.hub import AccountHub, AccountOutbox
from dashboard.consumers import PageConsumer, notes
from dashboard.guard import User
from dashboard.outbox import Outbox
from feeds.clock import SystemClock
from positions.queries.visible import visible_accounts

# One per web process.
ACCOUNTS: Final = AccountHub(SystemClock(), notes)


class PositionsConsumer(PageConsumer):
    """The live positions page. docs/websocket.md says what it sends."""

    has_debug = False

    def __init__(self, hub: AccountHub = ACCOUNTS, **guard: Any) -> None:
        super().__init__(**guard)
        self._hub = hub
        self._accounts: frozenset[int] = frozenset()
        self._outbox: AccountOutbox | None = None

    async def admit(self, user: User) -> bool:
        """Everybody, to the accounts that are theirs to see; who lost one is sent nothing more of it."""
        views = await database_sync_to_async(visible_accounts)(user)
        self._accounts = frozenset(view.id for view in views)
        if self._outbox:
            self._hub.let_see(self._outbox, self._accounts)
        return True

    def join(self) -> Outbox:
        self._outbox = self._hub.join(self._accounts, self.has_debug)
        return self._outbox

    def leave(self, outbox: Outbox) -> None:
        self._hub.leave(outbox)


class DebugConsumer(PositionsConsumer):
    """The live staff page, of the accounts that this member of the staff may see."""

    has_debug = True

    async def admit(self, user: User) -> bool:
        return bool(getattr(user, "is_staff", False)) and await super().admit(user)
