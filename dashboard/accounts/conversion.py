"""Messages about an account, out of what its worker or else the database tells. Pure."""

from datetime import datetime
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dashboard import manner
from dashboard.accounts import cards, figures
from dashboard.accounts.condition import OFF, TITLES, UNKNOWN, condition, deed, meaning
from dashboard.accounts.messages import AccountLine, Changes, Debug, Orders, Positions
from dashboard.accounts.parts import Fact, LogRow
from dashboard.accounts.spoken import spoken
from dashboard.feed.parts import AlertLine
from positions.latest import (
    AccountState,
    BalanceLine,
    DebugEntry,
    DebugState,
    ErrorState,
    OrdersState,
    PositionsState,
)
from positions.names import word
from positions.queries.stored import ChangeView, StoredAccount

# B-19: what stands before each message of the staff page.
DEBUG_PREFIX: Final = "🔮 OMEGA DEBUG"
# Of each ring of the debug record: enough for an eye, and a small frame.
SHOWN: Final = 50
# B-12: who failed.
ERROR_TYPES: Final = {
    "connection": gettext_noop("Connection: REST was not reached"),
    "data": gettext_noop("Data: it made no sense"),
    "api": gettext_noop("API: REST refused an answer"),
}
FLAT: Final = gettext_noop("NEUTRAL: no open position.")
NOT_KNOWN: Final = gettext_noop("Not known: no worker has read it yet.")
NO_LONGER_KNOWN: Final = gettext_noop("Not known: the last worker that read it is gone.")
NO_BALANCE: Final = gettext_noop("No balance is known yet.")


class Doubt(NamedTuple):
    """Why what is shown may not be so any more, and since when; None where only the age of the data tells."""

    title: str
    text: str
    since_at: datetime | None = None
    state: str = UNKNOWN


def account_line(state: AccountState, held: PositionsState | None, doubt: Doubt | None) -> AccountLine:
    """`held` are its positions."""
    of = condition(doubt.state if doubt else state.state)
    return AccountLine(
        account=state.account,
        state=doubt.state if doubt else state.state,
        condition=of,
        title=doubt.title if doubt else _(TITLES[of]),
        meaning=meaning(of, held),
        text=doubt.text if doubt else spoken(state.text) or deed(state.state),
        advice="" if doubt else _advice(state),
        since_at=doubt.since_at if doubt else state.since_at,
        retry_at=None if doubt else state.retry_at,
        heartbeat_at=state.heartbeat_at,
        stale_since_at=_stale_since(state.stale_since_at, doubt),
        facts=_facts(state),
        alerts=[AlertLine(alert.kind, alert.raised_at, spoken(alert.text)) for alert in state.alerts],
        balances=[cards.balance(line) for line in state.balances],
        balances_note="" if state.balances else _(NO_BALANCE),
    )


def _advice(state: AccountState) -> str:
    """What only a person can mend is not tried again before."""
    if state.state != "error":
        return ""
    if state.retry_at is None:
        return _("Nothing is asked again before an administrator edits the account in Admin → Accounts.")
    return _("It is tried again every five minutes.")


def lost_line(account: int, balances: list[BalanceLine], doubt: Doubt) -> AccountLine:
    """Nobody tells of the account: only what was stored of it is known."""
    return AccountLine(
        account=account,
        state=doubt.state,
        condition=condition(doubt.state),
        title=doubt.title,
        text=doubt.text,
        since_at=doubt.since_at,
        stale_since_at=_stale_since(None, doubt),
        balances=[cards.balance(line) for line in balances],
        balances_note="" if balances else _(NO_BALANCE),
    )


def why_not_known(stored: StoredAccount) -> str:
    """An account that is flat leaves no position in the database, but its balances."""
    return _(NO_LONGER_KNOWN) if stored.balances or stored.changes else _(NOT_KNOWN)


def positions(state: PositionsState, orders: OrdersState, not_known: str, doubt: Doubt | None) -> Positions:
    """`orders` may be older: what protects a position is as old as they. `not_known` is said where nobody knows whether
    there are any.
    """
    orders_stale_since_at = _stale_since(orders.stale_since_at, doubt)
    return Positions(
        account=state.account,
        note="" if state.positions else _(FLAT) if state.is_known else not_known,
        positions=[cards.position(line, orders.is_known, orders_stale_since_at) for line in state.positions],
        check=cards.meter(state.check),
        stale_since_at=_stale_since(state.stale_since_at, doubt),
    )


def orders(state: OrdersState, not_known: str, doubt: Doubt | None) -> Orders:
    return Orders(
        account=state.account,
        note="" if state.orders else _("No open order.") if state.is_known else not_known,
        orders=[cards.order(line) for line in state.orders],
        check=cards.meter(state.check),
        stale_since_at=_stale_since(state.stale_since_at, doubt),
    )


def changes(account: int, views: list[ChangeView]) -> Changes:
    note = "" if views else _("No position has changed since the account is followed.")
    return Changes(account=account, note=note, changes=[cards.change(view) for view in views])


def debug(record: DebugState, line: AccountState | None, held: PositionsState | None) -> Debug:
    """What the record says, with what the line and the positions say of the same."""
    return Debug(
        account=record.account,
        status=_status(record, line),
        validation=_counted(record.validation) + _comparison(line, held) or [Fact(_("Nothing was checked yet"), "")],
        pnl=[cards.pnl_check(each) for each in held.positions] if held else [],
        error_states=_error_states(record),
        errors=_newest(record.error_log),
        monitoring=_counted(record.counts) + (_facts(line) if line else []),
        messages=_newest(record.message_queue, DEBUG_PREFIX),
    )


def _status(record: DebugState, line: AccountState | None) -> list[Fact]:
    told = [Fact(_("State"), record.connection_state or UNKNOWN), Fact(_("Last update"), _clock(record.last_update))]
    if line is None:
        return told
    return [
        *told,
        Fact(_("Since"), _clock(line.since_at)),
        Fact(_("Why"), spoken(line.text) or figures.NOTHING),
        Fact(_("Channels"), ", ".join(line.channels) or _("none")),
        Fact(_("Last heartbeat"), _clock(line.heartbeat_at)),
        Fact(_("Next try"), _clock(line.retry_at)),
    ]


def _error_states(record: DebugState) -> list[Fact]:
    """B-12: all types, also those without an error."""
    counting = {each.kind: each for each in record.error_states}
    return [Fact(_(name), _in_a_row(counting.get(kind))) for kind, name in ERROR_TYPES.items()]


def _in_a_row(state: ErrorState | None) -> str:
    if state is None:
        return _("none")
    return _("%(count)s in a row, the last at %(time)s") % {"count": f"{state.count:,}", "time": _clock(state.last_at)}


def _comparison(line: AccountState | None, held: PositionsState | None) -> list[Fact]:
    told = [Fact(_("Positions"), cards.meter(held.check).text)] if held else []
    return told + ([Fact(_("Balances"), cards.meter(line.check).text)] if line else [])


def _facts(state: AccountState) -> list[Fact]:
    told = [
        Fact(_("Account"), word(state.kind) or _("not found out yet")),
        Fact(_("REST budget used"), f"{state.budget_used:.0%}"),
    ]
    if state.clock_skew_ms is not None:
        skew = _("%(ms)s ms ahead") if state.clock_skew_ms >= 0 else _("%(ms)s ms behind")
        told.append(Fact(_("Clock of BitGet"), skew % {"ms": manner.number(f"{abs(state.clock_skew_ms):,}")}))
    return told + ([Fact(_("Failed tries"), manner.number(f"{state.attempts:,}"))] if state.attempts else [])


def _counted(counts: dict[str, int]) -> list[Fact]:
    return [Fact(name.replace("_", " "), manner.number(f"{count:,}")) for name, count in sorted(counts.items())]


def _newest(entries: list[DebugEntry], prefix: str = "") -> list[LogRow]:
    return [LogRow(each.at, each.kind, f"{prefix} {each.text}".lstrip()) for each in reversed(entries[-SHOWN:])]


def _stale_since(told: datetime | None, doubt: Doubt | None) -> datetime | None:
    if doubt is None:
        return told
    return None if doubt.state == OFF else told or doubt.since_at


def _clock(at: datetime | None) -> str:
    return manner.time_of_day(at) if at else figures.NOTHING
