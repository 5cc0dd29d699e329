"""What an instrument did lately, turned into messages. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Context, Decimal
from math import expm1, log
from typing import Final

from dashboard.feed.conversion import plain
from dashboard.feed.lately import DayRange, Flow, FlowBucket, FlowPattern, Horizon, Moves
from dashboard.feed.messages import Price
from dashboard.protocol.message import Message
from feeds.market import flow, significance
from feeds.market.flow import Bucket, Pattern
from feeds.market.lately import Lately
from feeds.market.significance import Move
from feeds.queries import Range

# Of what stood out, so many are told, the last ones.
MOST_PATTERNS: Final = 5
# Of a price that was computed: what an eye can use.
_SHORT: Final = Context(prec=8)


# What was told last of each bucket, by its width and start.
Told = dict[tuple[int, datetime], FlowBucket]


def everything(
    lately: Lately,
    price: Price | None,
    day: Range | None,
    instrument: str,
    now: datetime,
    before: Iterable[Message] = (),
) -> list[Message]:
    """Of the seconds that are over. `before` is what was told last: of a bucket without news it is told again."""
    second = int(now.timestamp()) - 1
    told = {(each.width, each.start_at): each for each in before if isinstance(each, FlowBucket)}
    return [*([moves(lately, price, day, second)] if price else []), *flows(lately, instrument, second, told)]


def moves(lately: Lately, price: Price, day: Range | None, second: int) -> Moves:
    """Up to the end of this second."""
    found = significance.moves(lately.closes(price.venue, second), second)
    return Moves(
        instrument=price.instrument,
        venue=price.venue,
        horizons=[_horizon(move) for move in found],
        day=_day(day, Decimal(price.price)) if day else None,
    )


def _horizon(move: Move) -> Horizon:
    return Horizon(
        minutes=move.horizon_s // 60,
        change=_rounded(move.change, 2),
        z=_rounded(move.z, 1),
        level=str(move.level or ""),
        doubt=str(move.doubt or ""),
        wait_s=move.wait_s,
    )


def _rounded(number: float | None, digits: int) -> float | None:
    """Without a sign before zero."""
    return None if number is None else round(number, digits) + 0.0


def _day(day: Range, price: Decimal) -> DayRange:
    low, high = min(day.low, price), max(day.high, price)
    return DayRange(
        since_at=day.since_at,
        low=plain(low),
        high=plain(high),
        place=round(100 * (price - low) / (high - low)) if high > low else 50,
        change=round(100 * expm1(log(price / day.first)), 2) + 0.0,
    )


def flows(lately: Lately, instrument: str, second: int, told: Told) -> list[Flow | FlowBucket]:
    """The hour, its minutes, and the seconds of its last minute."""
    minutes, seconds = lately.minutes.until(second), lately.seconds.until(second)
    # Both sums end at the same number, so that a second's does not change with the seconds that are forgotten.
    before = flow.delta(minutes) - flow.delta(seconds)
    of_minutes = _buckets(minutes, flow.MINUTE_S, instrument, Decimal(0), told)
    of_seconds = _buckets(seconds, flow.SECOND_S, instrument, before, told)
    return [_hour(instrument, minutes, seconds), *of_minutes, *of_seconds]


def _hour(instrument: str, minutes: Sequence[Bucket], seconds: Sequence[Bucket]) -> Flow:
    whole = Bucket(0)
    for minute in minutes:
        whole.join(minute)
    return Flow(
        instrument=instrument,
        since_at=_time(minutes[0].start) if minutes else None,
        volume=plain(whole.volume),
        # By name: two that trade nearly the same would change places all the time.
        venues={venue: plain(volume) for venue, volume in sorted(whole.venues.items())},
        # The last bucket is not over.
        patterns=[*_patterns(minutes[:-1], flow.MINUTE_S), *_patterns(seconds[:-1], flow.SECOND_S)],
    )


def _largest(bucket: Bucket) -> list[tuple[str, Decimal]]:
    return sorted(bucket.venues.items(), key=lambda part: (-part[1], part[0]))


def _patterns(buckets: Sequence[Bucket], width: int) -> list[FlowPattern]:
    return [_pattern(found, width) for found in flow.patterns(buckets, width)[-MOST_PATTERNS:]]


def _pattern(found: Pattern, width: int) -> FlowPattern:
    return FlowPattern(
        kind=found.kind.value,
        width=width,
        start_at=_time(found.start),
        end_at=_time(found.end),
        strength=plain(round(found.strength, 2)),
        side=found.side.value,
        venues=list(found.venues),
    )


def _buckets(buckets: Sequence[Bucket], width: int, instrument: str, before: Decimal, told: Told) -> list[FlowBucket]:
    sums = flow.cumulative(buckets, before)
    return [_bucket(bucket, cvd, width, instrument, told) for bucket, cvd in zip(buckets, sums, strict=True)]


def _bucket(bucket: Bucket, cvd: Decimal, width: int, instrument: str, told: Told) -> FlowBucket:
    start_at = _time(bucket.start)
    # A bucket only grows.
    if (last := told.get((width, start_at))) and last.trades == bucket.trades and last.cvd == plain(cvd):
        return last
    return FlowBucket(
        instrument=instrument,
        width=width,
        start_at=start_at,
        buy=plain(bucket.buy),
        sell=plain(bucket.sell),
        delta=plain(bucket.delta),
        cvd=plain(cvd),
        vwap=None if bucket.vwap is None else plain(_SHORT.plus(bucket.vwap)),
        trades=bucket.trades,
        venues={venue: plain(volume) for venue, volume in _largest(bucket)},
    )


def _time(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
