"""One reader of the accounts per web process. A browser is handed what its user may see, and not a byte more."""

from collections.abc import Callable

from dashboard import messages
from dashboard.accounts.messages import FOR_STAFF, AccountsHello
from dashboard.accounts.reader import AccountReader
from dashboard.outbox import Outbox
from dashboard.parts import AlertLine
from dashboard.pulse import Pulse
from feeds.clock import Clock
from feeds.storage.live import LiveStore


class AccountOutbox(Outbox):
    """Of one browser, for the accounts that its user may see; `has_debug`: with what is for staff."""

    def __init__(self, accounts: frozenset[int], has_debug: bool) -> None:
        super().__init__()
        self.accounts = accounts
        self._has_debug = has_debug

    def wants(self, about: str) -> bool:
        if not about:
            return True
        scope, _, account = about.rpartition(":")
        return int(account) in self.accounts and (scope != FOR_STAFF or self._has_debug)


class AccountHub(Pulse):
    """Reads the accounts that any of its browsers may see."""

    def __init__(self, clock: Clock, notes: Callable[[], list[AlertLine]] = list) -> None:
        super().__init__(clock)
        self._notes = notes

    def open_source(self) -> AccountReader:
        return AccountReader(LiveStore(), self.clock, self._wanted, self._notes)

    def join(self, accounts: frozenset[int], has_debug: bool = False) -> AccountOutbox:
        outbox = AccountOutbox(accounts, has_debug)
        self._greet(outbox)
        self.add(outbox)
        return outbox

    def let_see(self, outbox: AccountOutbox, accounts: frozenset[int]) -> None:
        """From now on these accounts: what waits of others is dropped, and the browser starts over."""
        if outbox.accounts == accounts:
            return
        outbox.accounts = accounts
        outbox.empty()
        self._greet(outbox)
        self.fill(outbox)

    def _greet(self, outbox: AccountOutbox) -> None:
        hello = AccountsHello(now=self.clock.now(), accounts=sorted(outbox.accounts))
        outbox.put(hello.topic, messages.encoded(hello))

    def _wanted(self) -> frozenset[int]:
        return frozenset().union(*(box.accounts for box in self.outboxes if isinstance(box, AccountOutbox)))
