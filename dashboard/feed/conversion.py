"""Messages out of what the feeds write: every digit kept, nothing internal told."""

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from dashboard import delivery
from dashboard.feed import sentences
from dashboard.feed.leads import joined
from dashboard.feed.messages import Bar, Feed, Price, Venues
from dashboard.feed.parts import AlertLine, Hop, Passport, Source, SwitchLine, TapeTrade, VenueLine
from feeds.market import latency
from feeds.market.candles import Candle
from feeds.market.latency import Percentiles
from feeds.queries import FeedView, VenueRow
from feeds.storage.latest import AlertState, Delay, FeedState, LoggedTrade, PriceState, Switch, VenueState

# The names of venues by their codes.
Names = Mapping[str, str]
# Of a ratio: what an eye can use.
_SHORT: Final = Context(prec=3)
NO_VENUE: Final = "no_venue"
NO_WORKER: Final = noop("No worker reports")
# What the hops are called and are, in their order.
_HOPS: Final = {
    latency.VENUE: (
        noop("From the venue to us"),
        noop("by its clock and ours, less what its clock is off"),
    ),
    latency.ACCEPT: (noop("Until checked"), noop("from our socket through the checks")),
    latency.LOG: (noop("Until kept"), noop("from our socket until Redis has it on disk")),
    delivery.HANDED: (
        noop("Until sent to the page"),
        noop("from our socket to the sockets of the pages"),
    ),
    delivery.PAINTED: (
        noop("Until on the screen"),
        noop("from our socket until a page has painted it"),
    ),
}


def plain(number: Decimal) -> str:
    """Every digit and no exponent: 0.00000001 where `str` would say 1E-8."""
    return format(number, "f")


def price_message(state: PriceState, move: str, passport: Passport | None) -> Price:
    return Price(
        instrument=state.instrument,
        venue=state.venue,
        price=plain(state.price),
        move=move,
        side=state.side,
        size=plain(state.size),
        traded_at=state.traded_at,
        received_at=state.received_at,
        seen_at=state.seen_at,
        bid=None if state.bid is None else plain(state.bid),
        ask=None if state.ask is None else plain(state.ask),
        spread=None if state.bid is None or state.ask is None else plain(state.ask - state.bid),
        spread_bps=_bps(state.bid, state.ask),
        passport=passport,
    )


def _bps(bid: Decimal | None, ask: Decimal | None) -> str | None:
    """The spread in hundredths of a percent of the middle."""
    return None if bid is None or ask is None else plain(_SHORT.plus(20_000 * (ask - bid) / (ask + bid)))


def feed_message(state: FeedState, names: Names) -> Feed:
    return Feed(
        lead=_source(state, "", state.active, names),
        diverted={code: _source(state, code, venue, names) for code, venue in state.diverted.items()},
        switches=[switch_line(switch, names) for switch in joined(state.switches)],
        alerts=[_alert_line(alert, state, names) for alert in state.alerts],
    )


def _source(state: FeedState, instrument: str, venue: str, names: Names) -> Source:
    """Of the whole feed ("") or of a diverted instrument: since when and why. Who was left, the last switch knows."""
    switch = next((each for each in state.switches if (each.instrument, each.to_venue) == (instrument, venue)), None)
    at, technical = state.active_since_at, state.active_reason
    if instrument:
        at, technical = (switch.at, switch.reason) if switch else (None, "")
    why = sentences.reason(technical, name_of(switch.from_venue, names) if switch else "", "")
    text = sentences.since(at, why) if venue else sentences.nobody(at)
    return Source(venue=venue, text=text, detail=technical, since_at=at)


def switch_line(switch: Switch, names: Names) -> SwitchLine:
    from_venue, to_venue = name_of(switch.from_venue, names), name_of(switch.to_venue, names)
    why = sentences.reason(switch.reason, from_venue, to_venue)
    return SwitchLine(
        at=switch.at,
        instrument=switch.instrument,
        from_venue=from_venue,
        to_venue=to_venue,
        text=why[:1].upper() + why[1:],
        cost=sentences.cost(switch.age_s, switch.stale_s) if to_venue else "",
        detail=switch.reason,
    )


def _alert_line(alert: AlertState, state: FeedState, names: Names) -> AlertLine:
    """One that was raised later than it began says since when it is so: nobody delivers for a while before that."""
    began_at = state.active_since_at if alert.kind == NO_VENUE else None
    text = sentences.alert(alert.kind, name_of(alert.subject, names), alert.text)
    return AlertLine(kind=alert.kind, since_at=began_at or alert.raised_at, text=text)


def name_of(code: str, names: Names) -> str:
    return names.get(code, code)


def venues_message(state: FeedState) -> Venues:
    return Venues(active=state.active, venues=[_venue_line(venue, _role(venue, state)) for venue in state.venues])


def unreported_venues(feed: FeedView) -> Venues:
    """While no worker reports only what an admin said is known."""
    return Venues(active="", venues=[_unreported(row) for row in feed.venues])


def _unreported(row: VenueRow) -> VenueLine:
    off = ("disabled", row.refusal or _("Switched off in the admin"))
    state, reason = ("unknown", _(NO_WORKER)) if row.is_enabled else off
    return VenueLine(code=row.code, name=row.name, priority=row.priority, state=state, reason=reason)


def _role(venue: VenueState, state: FeedState) -> str:
    """Active for the whole feed or for some instruments, or recorded beside the active one."""
    if venue.venue in (state.active, *state.diverted.values()):
        return "active"
    return "standby" if venue.state == "connected" else ""


def _venue_line(state: VenueState, role: str) -> VenueLine:
    return VenueLine(
        code=state.venue,
        name=state.name,
        priority=state.priority,
        state=state.state,
        role=role,
        reason=sentences.deed(state.reason) or state.reason,
        detail=state.reason,
        since_at=state.since_at,
        retry_at=state.retry_at,
        seen_at=state.seen_at,
        rejected=state.rejected,
        quarantined=state.quarantined,
        quarantined_share=_share(sum(state.quarantined.values()), state.accepted),
        repeated=state.repeated,
        skew_ms=state.skew_ms,
        attempts=state.attempts,
        circuit=state.circuit,
        forced_until=state.forced_until,
        reconnects=state.reconnects,
        delay_ms=_rounded(state.delays.get(latency.VENUE)),
    )


def _share(quarantined: int, accepted: int) -> str:
    return f"{100 * quarantined / (quarantined + accepted):.2g} %" if quarantined else ""


def _rounded(delay: Delay | None) -> tuple[int, int] | None:
    return (round(delay.p50), round(delay.p99)) if delay else None


def hops(delays: Mapping[str, Delay | Percentiles]) -> list[Hop]:
    """The way from a venue to a screen, as far as it was measured."""
    known = [(words, delays[hop]) for hop, words in _HOPS.items() if hop in delays]
    return [
        Hop(_(name), _(about), round(each.p50, 1), round(each.p95, 1), round(each.p99, 1))
        for (name, about), each in known
    ]


def tape_trade(offset: str, trade: LoggedTrade) -> TapeTrade:
    return TapeTrade(
        id=f"{trade.venue} {trade.trade_id}",
        offset=offset,
        venue=trade.venue,
        price=plain(trade.price),
        size=plain(trade.size),
        side=trade.side,
        traded_at=trade.traded_at,
        held=sentences.held(trade.quarantine),
    )


def bar_message(instrument: str, candle: Candle) -> Bar:
    prices = candle.prices
    return Bar(
        instrument=instrument,
        start_at=candle.start_at,
        open=plain(prices.open) if prices else None,
        high=plain(prices.high) if prices else None,
        low=plain(prices.low) if prices else None,
        close=plain(prices.close) if prices else None,
        volume=plain(candle.volume),
        status=candle.status,
        gap_seconds=candle.gap_seconds,
        venues=list(candle.venues),
    )
