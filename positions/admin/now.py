"""How the lines of accounts are right now, as their workers tell Redis: columns of the list, a table of the page."""

from collections.abc import Iterable
from functools import cached_property

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feeds import words
from feeds.admin.now import age, read_now
from feeds.storage import keys
from positions.latest import AccountState, decode_account
from positions.models import Account


class LinesNow:
    """Of these accounts, read once when the first question comes; each is a column of the list, too."""

    def __init__(self, accounts: Iterable[int]) -> None:
        self._accounts = accounts

    @cached_property
    def _states(self) -> dict[int, AccountState]:
        found = read_now(keys.account(number) for number in self._accounts)
        return {state.account: state for state in map(decode_account, found)}

    @admin.display(description=gettext_lazy("line now"))
    def line(self, account: Account) -> str:
        if not account.is_enabled:
            return _("switched off")
        state = self._states.get(account.pk)
        return words.state(state.state) if state else _("no worker tells of it")

    @admin.display(description=gettext_lazy("heard last"), empty_value="")
    def heard(self, account: Account) -> str | None:
        state = self._states.get(account.pk)
        return age(state.heartbeat_at) if state else None

    @admin.display(description=gettext_lazy("compared with REST"), empty_value="")
    def compared(self, account: Account) -> str | None:
        """What the stream said, with what REST said then."""
        state = self._states.get(account.pk)
        ago = age(state.check.checked_at) if state else None
        if state is None or ago is None:
            return None
        if state.check.is_equal:
            return _("equal, %(ago)s") % {"ago": ago}
        return _("different, %(ago)s") % {"ago": ago}

    @admin.display(description=gettext_lazy("why"), empty_value="")
    def why(self, account: Account) -> str | None:
        state = self._states.get(account.pk)
        return state.text if state else None

    def table(self, account: Account) -> list[tuple[str, str]]:
        """For the page of one account."""
        shown = (
            (_("Line"), self.line(account)),
            (_("Why"), self.why(account)),
            (_("Heard last"), self.heard(account)),
            (_("Compared with REST"), self.compared(account)),
        )
        return [(name, text) for name, text in shown if text]
