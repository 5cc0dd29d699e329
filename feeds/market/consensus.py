"""One price out of many: what the venues of a feed say of one instrument, and how far they agree. Pure.

Prices are exact from end to end. Weights and distances are floats: they are no prices.
"""

import math
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeVar

import msgspec

FRESH_S: Final = 5.0
OLD: Final = "older than 5 s"
AGREED_BPS: Final = 25.0
MAX_SHARE: Final = 0.4
VOLUME_OVER_S: Final = 60
# What is two seconds old counts a third of what is new.
_FADES_IN_S: Final = 2.0
# Who traded nothing for a minute, but still quotes, counts as if it had traded this part of what the busiest did.
_LEAST_VOLUME: Final = Decimal("0.0001")
_BPS: Final = 10_000.0
_EVEN: Final = 1e-9

Number = TypeVar("Number", Decimal, float)


class View(msgspec.Struct, frozen=True, gc=False):
    """What the venues say together.

    `status` is consensus (3 and more of them), agreed, disputed (2 of them: within 25 bps of one another or not),
    single source, or none. `spread_bps` is the weighted median of how far they are from `price`; None where there are
    not two. `agreeing` of the `sources` are within 25 bps of it; of two, whose price is their middle, within half of
    that. `excluded` are those that are not asked, by venue, with the reason.
    """

    status: str
    price: Decimal | None
    spread_bps: float | None
    agreeing: int
    sources: int
    excluded: dict[str, str]


class Consensus:
    """Remembers what each venue said last of one instrument, and what it traded in the last minute.

    Of one instrument, and so of one quote currency: a book of dollars and a book of tethers are two instruments, with
    a consensus each, and are never mixed.
    """

    def __init__(self) -> None:
        self._sources: dict[str, _Source] = {}

    def keep(self, venues: Collection[str]) -> None:
        """Forgets every other venue."""
        self._sources = {code: source for code, source in self._sources.items() if code in venues}

    def note(self, venue: str, price: Decimal, size: Decimal, now: float) -> None:
        """The venue traded, and that is believed."""
        source = self._sources.get(venue)
        if source is None:
            source = self._sources[venue] = _Source()
        source.price = price
        source.heard_at = now
        source.trade(size, int(now))

    def confirm(self, venue: str, now: float) -> None:
        """The venue said by a quote that its last price still stands."""
        source = self._sources.get(venue)
        if source is not None:
            source.heard_at = now

    def view(self, now: float, barred: Mapping[str, str]) -> View:
        """What they say now, without the `barred`: venues that are not believed, with the reason."""
        old = {code: OLD for code, source in self._sources.items() if now - source.heard_at > FRESH_S}
        excluded = {**old, **barred}
        asked = [source for code, source in self._sources.items() if code not in excluded]
        if not asked:
            return View("none", None, None, 0, 0, excluded)
        prices = [source.price for source in asked]
        shares = _shares(asked, now)
        price = _weighted_median(prices, shares)
        if len(asked) == 1:
            return View("single source", price, None, 1, 1, excluded)
        distances = [abs(math.log(each / price)) * _BPS for each in prices]
        within = AGREED_BPS if len(asked) > 2 else AGREED_BPS / 2
        agreeing = sum(distance <= within for distance in distances)
        status = _status(len(asked), agreeing)
        return View(status, price, _weighted_median(distances, shares), agreeing, len(asked), excluded)


class _Source:
    """One venue. Sizes are summed by the second, so that a minute is at most 61 sums however busy it was."""

    def __init__(self) -> None:
        self.price = Decimal(0)
        self.heard_at = -math.inf
        self._sums: deque[tuple[int, Decimal]] = deque(maxlen=VOLUME_OVER_S + 1)

    def trade(self, size: Decimal, second: int) -> None:
        if self._sums and self._sums[-1][0] == second:
            size += self._sums.pop()[1]
        self._sums.append((second, size))

    def volume(self, now: float) -> Decimal:
        """What was traded in the last minute, to the second."""
        return sum((size for second, size in self._sums if now - second <= VOLUME_OVER_S), Decimal(0))


def _status(sources: int, agreeing: int) -> str:
    if sources > 2:
        return "consensus"
    return "agreed" if agreeing == sources else "disputed"


def _shares(sources: Sequence[_Source], now: float) -> list[float]:
    """What each counts, of 1: by its age and what it traded, at most 40 %. Of two there is no telling: half each."""
    if len(sources) * MAX_SHARE <= 1:
        return [1 / len(sources)] * len(sources)
    volumes = [source.volume(now) for source in sources]
    least = max(volumes) * _LEAST_VOLUME or Decimal(1)
    return _capped(
        [
            math.exp((source.heard_at - now) / _FADES_IN_S) * math.sqrt(max(volume, least))
            for source, volume in zip(sources, volumes, strict=True)
        ]
    )


def _capped(weights: Sequence[float]) -> list[float]:
    """Shares of 1, none over the cap: what is cut from the heaviest goes to the others as they weigh, and so on."""
    capped: set[int] = set()
    while True:
        free = sum(weight for place, weight in enumerate(weights) if place not in capped)
        left = 1 - MAX_SHARE * len(capped)
        shares = [MAX_SHARE if place in capped else weight / free * left for place, weight in enumerate(weights)]
        over = {place for place, share in enumerate(shares) if share > MAX_SHARE}
        if not over:
            return shares
        capped |= over


def _weighted_median(values: Sequence[Number], shares: Sequence[float]) -> Number:
    """The value that has half of the shares on each side; the middle of two where the half is just between them."""
    below = 0.0
    ordered = sorted(zip(values, shares, strict=True))
    for (value, share), (higher, _) in zip(ordered, ordered[1:], strict=False):
        below += share
        if abs(below - 0.5) < _EVEN:
            return (value + higher) / 2
        if below > 0.5:
            return value
    return ordered[-1][0]
