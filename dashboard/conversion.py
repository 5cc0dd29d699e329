"""Messages out of what the feeds write: every digit kept, nothing internal told."""

from decimal import Decimal

from dashboard.messages import Bar, Price, TapeTrade, VenueLine
from feeds.market.candles import Candle
from feeds.storage.latest import LoggedTrade, PriceState, VenueState


def plain(number: Decimal) -> str:
    """Every digit and no exponent: 0.00000001 where `str` would say 1E-8."""
    return format(number, "f")


def price_message(state: PriceState, move: str) -> Price:
    return Price(
        instrument=state.instrument,
        venue=state.venue,
        price=plain(state.price),
        move=move,
        side=state.side,
        size=plain(state.size),
        traded_at=state.traded_at,
        seen_at=state.seen_at,
        bid=None if state.bid is None else plain(state.bid),
        ask=None if state.ask is None else plain(state.ask),
        spread=None if state.bid is None or state.ask is None else plain(state.ask - state.bid),
    )


def venue_line(state: VenueState) -> VenueLine:
    return VenueLine(
        code=state.venue,
        name=state.name,
        priority=state.priority,
        state=state.state,
        reason=state.reason,
        since_at=state.since_at,
        retry_at=state.retry_at,
        seen_at=state.seen_at,
        rejected=state.rejected,
        quarantined=state.quarantined,
        repeated=state.repeated,
        skew_ms=state.skew_ms,
    )


def tape_trade(offset: str, trade: LoggedTrade) -> TapeTrade:
    return TapeTrade(
        offset=offset,
        instrument=trade.instrument,
        venue=trade.venue,
        price=plain(trade.price),
        size=plain(trade.size),
        side=trade.side,
        traded_at=trade.traded_at,
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
