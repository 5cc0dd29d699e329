"""Messages about an account, out of what its worker or else the database tells. Pure."""

from datetime import datetime
from typing import Final, NamedTuple

from dashboard.accounts import cards, figures
from dashboard.accounts.messages import AccountLine, Changes, Debug, Orders, Positions
from dashboard.accounts.parts import Fact, LogRow
from dashboard.feed.parts import AlertLine
from positions.latest import (
    AccountState,
    BalanceLine,
    DebugEntry,
    DebugState,
    OrdersState,
    PositionsState,
)
from positions.queries.stored import ChangeView, StoredAccount

# B-19: what stands before each message of the staff page.
DEBUG_PREFIX: Final = "🔮 OMEGA DEBUG"
# Of each ring of the debug record: enough for an eye, and a small frame.
SHOWN: Final = 50
# The title of each state, and what it means where the worker says no more.
STATES: Final = {
    "disconnected": ("Disconnected", "The line to BitGet is down."),
    "connecting": ("Connecting", "The line to BitGet is being opened."),
    "authenticating": ("Logging in", "BitGet is asked to accept the key."),
    "subscribing": ("Subscribing", "BitGet took the key; the channels are being asked for."),
    "connected": ("Connected", "All channels deliver."),
    "reconnecting": ("Reconnecting", "The line was lost; what is shown is the last that was known."),
    "error": ("Error", "The account cannot be followed until somebody looks after it."),
}
UNKNOWN: Final = "unknown"
# Of an account that is switched off: nothing of it is live, and nothing of it is missed.
OFF: Final = "off"
FLAT: Final = "NEUTRAL: no open position."
NOT_KNOWN: Final = "Not known: no worker has read it yet."
NO_LONGER_KNOWN: Final = "Not known: the last worker that read it is gone."
NO_BALANCE: Final = "No balance is known yet."


class Doubt(NamedTuple):
    """Why what is shown may not be so any more, and since when; None where only the age of the data tells."""

    title: str
    text: str
    since_at: datetime | None = None
    state: str = UNKNOWN


def account_line(state: AccountState, doubt: Doubt | None) -> AccountLine:
    title, meaning = STATES.get(state.state, (state.state, ""))
    return AccountLine(
        account=state.account,
        state=doubt.state if doubt else state.state,
        title=doubt.title if doubt else title,
        text=doubt.text if doubt else state.text or meaning,
        since_at=doubt.since_at if doubt else state.since_at,
        retry_at=None if doubt else state.retry_at,
        heartbeat_at=state.heartbeat_at,
        stale_since_at=_stale_since(state.stale_since_at, doubt),
        facts=_facts(state),
        alerts=[AlertLine(alert.kind, alert.raised_at, alert.text) for alert in state.alerts],
        balances=[cards.balance(line) for line in state.balances],
        balances_note="" if state.balances else NO_BALANCE,
    )


def lost_line(account: int, balances: list[BalanceLine], doubt: Doubt) -> AccountLine:
    """Nobody tells of the account: only what was stored of it is known."""
    return AccountLine(
        account=account,
        state=doubt.state,
        title=doubt.title,
        text=doubt.text,
        since_at=doubt.since_at,
        stale_since_at=_stale_since(None, doubt),
        balances=[cards.balance(line) for line in balances],
        balances_note="" if balances else NO_BALANCE,
    )


def why_not_known(stored: StoredAccount) -> str:
    """An account that is flat leaves no position in the database, but its balances."""
    return NO_LONGER_KNOWN if stored.balances or stored.changes else NOT_KNOWN


def positions(state: PositionsState, orders: OrdersState, not_known: str, doubt: Doubt | None) -> Positions:
    """`orders` may be older: what protects a position is as old as they. `not_known` is said where nobody knows whether
    there are any.
    """
    orders_stale_since_at = _stale_since(orders.stale_since_at, doubt)
    return Positions(
        account=state.account,
        note="" if state.positions else FLAT if state.is_known else not_known,
        positions=[cards.position(line, orders.is_known, orders_stale_since_at) for line in state.positions],
        check=cards.meter(state.check),
        stale_since_at=_stale_since(state.stale_since_at, doubt),
    )


def orders(state: OrdersState, not_known: str, doubt: Doubt | None) -> Orders:
    return Orders(
        account=state.account,
        note="" if state.orders else "No open order." if state.is_known else not_known,
        orders=[cards.order(line) for line in state.orders],
        check=cards.meter(state.check),
        stale_since_at=_stale_since(state.stale_since_at, doubt),
    )


def changes(account: int, views: list[ChangeView]) -> Changes:
    note = "" if views else "No position has changed since the account is followed."
    return Changes(account=account, note=note, changes=[cards.change(view) for view in views])


def debug(record: DebugState, line: AccountState | None, held: PositionsState | None) -> Debug:
    """What the record says, with what the line and the positions say of the same."""
    return Debug(
        account=record.account,
        status=_status(record, line),
        validation=_counted(record.validation) + _comparison(line, held) or [Fact("Nothing was checked yet", "")],
        pnl=[cards.pnl_check(each) for each in held.positions] if held else [],
        errors=_newest(record.error_log),
        monitoring=_counted(record.counts) + (_facts(line) if line else []),
        messages=_newest(record.message_queue, DEBUG_PREFIX),
    )


def _status(record: DebugState, line: AccountState | None) -> list[Fact]:
    told = [Fact("State", record.connection_state or UNKNOWN), Fact("Last update", _clock(record.last_update))]
    if line is None:
        return told
    return [
        *told,
        Fact("Since", _clock(line.since_at)),
        Fact("Why", line.text or figures.NOTHING),
        Fact("Channels", ", ".join(line.channels) or "none"),
        Fact("Last heartbeat", _clock(line.heartbeat_at)),
        Fact("Next try", _clock(line.retry_at)),
    ]


def _comparison(line: AccountState | None, held: PositionsState | None) -> list[Fact]:
    told = [Fact("Positions", cards.meter(held.check).text)] if held else []
    return told + ([Fact("Balances", cards.meter(line.check).text)] if line else [])


def _facts(state: AccountState) -> list[Fact]:
    told = [Fact("Account", state.kind or "not found out yet"), Fact("REST budget used", f"{state.budget_used:.0%}")]
    if state.clock_skew_ms is not None:
        ahead = "ahead" if state.clock_skew_ms >= 0 else "behind"
        told.append(Fact("Clock of BitGet", f"{abs(state.clock_skew_ms):,} ms {ahead}"))
    return told + ([Fact("Failed tries", f"{state.attempts:,}")] if state.attempts else [])


def _counted(counts: dict[str, int]) -> list[Fact]:
    return [Fact(name.replace("_", " "), f"{count:,}") for name, count in sorted(counts.items())]


def _newest(entries: list[DebugEntry], prefix: str = "") -> list[LogRow]:
    return [LogRow(each.at, each.kind, f"{prefix} {each.text}".lstrip()) for each in reversed(entries[-SHOWN:])]


def _stale_since(told: datetime | None, doubt: Doubt | None) -> datetime | None:
    if doubt is None:
        return told
    return None if doubt.state == OFF else told or doubt.since_at


def _clock(at: datetime | None) -> str:
    return f"{at:%H:%M:%S}" if at else figures.NOTHING
