"""One account as it is known right now, as values. Pure: readings go in, the messages that changed come out."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dashboard.accounts import conversion
from dashboard.accounts.condition import OFF
from dashboard.accounts.conversion import Doubt
from dashboard.accounts.messages import AboutAccount, AccountLine, Changes, Debug, Orders, Pnl, Positions
from dashboard.accounts.pnl import PnlHistory
from positions import latest
from positions.queries.stored import StoredAccount

# Workers write the line again every half second, with the time; who missed that three times is gone, or hangs.
SILENT_AFTER: Final = timedelta(seconds=1.7)
_AWAY: Final = gettext_noop("The store of live data does not answer; what is shown is the last that was known.")
_GONE: Final = gettext_noop(
    "No worker has told anything of this account since then; what is shown is the last that was known."
)
_ODD: Final = gettext_noop("What a worker writes makes no sense here; what is shown is the last that was understood.")
_DISABLED: Final = gettext_noop("An administrator enables it in Admin → Accounts.")
_NOT_FOLLOWED: Final = gettext_noop("No worker follows this account now; what is shown was stored before.")


class States(NamedTuple):
    """What Redis holds of an account, encoded, None where it holds nothing."""

    positions: bytes | None
    orders: bytes | None
    account: bytes | None
    debug: bytes | None


class Shown(NamedTuple):
    """All that is told of an account. `debug` is for staff, None before a worker told of it."""

    account: AccountLine
    positions: Positions
    orders: Orders
    changes: Changes
    pnl: Pnl
    debug: Debug | None

    @property
    def stale_since_at(self) -> datetime | None:
        return self.positions.stale_since_at or self.account.stale_since_at

    def stale_of(self, panel: str) -> datetime | None:
        """Since when what a panel of this kind shows may be old."""
        match panel:
            case "orders":
                return self.orders.stale_since_at
            case "balances":
                return self.account.stale_since_at
        return self.stale_since_at


class AccountBoard:
    """What Redis told last stays when Redis forgets it, with its age; what was stored is there until then."""

    def __init__(self, stored: StoredAccount, now: datetime) -> None:
        self._stored = stored
        self._raw = States(None, None, None, None)
        self._positions: latest.PositionsState | None = None
        self._orders: latest.OrdersState | None = None
        self._account: latest.AccountState | None = None
        self._debug: latest.DebugState | None = None
        # When a worker wrote the line: never later than it was read, in case its clock is ahead of ours.
        self._written_at: datetime | None = None
        self._odd_since_at: datetime | None = None
        self._away_since_at: datetime | None = None
        self._doubt = self._doubt_at(now)
        self._pnl = PnlHistory()
        self._pnl.remember(stored.pnl, now)
        self.shown = self._show()

    def take_stored(self, stored: StoredAccount, now: datetime) -> list[AboutAccount]:
        """What the database says now."""
        if stored == self._stored:
            return []
        self._stored = stored
        self._doubt = self._doubt_at(now)
        self._pnl.remember(stored.pnl, now)
        return self._changes()

    def take_states(self, raw: States, now: datetime) -> list[AboutAccount]:
        """What Redis says now; without anything new too, since silence is news after a while."""
        self._away_since_at = None
        # What Redis forgets is no news: it runs out one key after the other, long after its worker is gone.
        is_news = any(new and new != old for new, old in zip(raw, self._raw, strict=True))
        if is_news:
            self._take(raw, now)
        return self._judge(now, is_news)

    def take_away(self, now: datetime) -> list[AboutAccount]:
        """Redis does not answer."""
        self._away_since_at = self._away_since_at or now
        return self._judge(now, is_news=False)

    def whole(self) -> list[AboutAccount]:
        """Everything, for a browser that knows nothing yet."""
        return [message for message in self.shown if message is not None]

    def _take(self, raw: States, now: datetime) -> None:
        """One value that cannot be read leaves what it was about as it was, and puts all of the account in doubt."""
        before, self._raw = self._raw, States(*(new or old for new, old in zip(raw, self._raw, strict=True)))
        try:
            self._decode(raw)
            self._odd_since_at = None
        except msgspec.DecodeError:
            self._odd_since_at = self._odd_since_at or now
        if self._account and raw.account not in (None, before.account):
            self._written_at = min(self._account.written_at, now)
        # Positions without a line are what is left of a worker, since a moment.
        self._written_at = self._written_at or now

    def _decode(self, raw: States) -> None:
        if raw.account:
            self._account = latest.decode_account(raw.account)
        if raw.positions:
            self._positions = latest.decode_positions(raw.positions)
        if raw.orders:
            self._orders = latest.decode_orders(raw.orders)
        if raw.debug:
            self._debug = latest.decode_debug(raw.debug)

    def _judge(self, now: datetime, is_news: bool) -> list[AboutAccount]:
        doubt = self._doubt_at(now)
        if not is_news and doubt == self._doubt:
            return []
        self._doubt = doubt
        if self._positions and not (doubt or self._positions.stale_since_at):
            self._pnl.take(self._positions, now)
        return self._changes()

    def _doubt_at(self, now: datetime) -> Doubt | None:
        if not self._stored.is_enabled:
            return Doubt(_("Switched off"), _(_DISABLED), self._stored.line_at, OFF)
        if self._away_since_at:
            return Doubt(_("No live data"), _(_AWAY), self._away_since_at)
        if self._odd_since_at:
            return Doubt(_("Not understood"), _(_ODD), self._odd_since_at)
        since_at = self._written_at
        if self._account and since_at and now - since_at <= SILENT_AFTER:
            return None
        return Doubt(_("No worker reports"), _(_GONE), since_at) if since_at else _not_followed()

    def _changes(self) -> list[AboutAccount]:
        before, self.shown = self.shown, self._show()
        return [message for was, message in zip(before, self.shown, strict=True) if message and message != was]

    def _show(self) -> Shown:
        stored, doubt = self._stored, self._doubt
        account = stored.positions.account
        if self._account and stored.is_enabled:
            line = conversion.account_line(self._account, self._positions, doubt)
        else:
            line = conversion.lost_line(account, stored.balances, doubt or _not_followed())
        orders = self._orders or stored.orders
        not_known = conversion.why_not_known(stored)
        return Shown(
            line,
            conversion.positions(self._positions or stored.positions, orders, not_known, doubt),
            conversion.orders(orders, not_known, doubt),
            conversion.changes(account, stored.changes),
            Pnl(account=account, tracks=self._pnl.tracks),
            conversion.debug(self._debug, self._account, self._positions) if self._debug else None,
        )


def _not_followed() -> Doubt:
    return Doubt(_("Not followed"), _(_NOT_FOLLOWED))
