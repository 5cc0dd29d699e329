"""Calls to a venue's REST, within what it allows: each asks for leave first, and tells when it was refused."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Final

from feeds.clock import Clock
from feeds.connection.http import call
from feeds.decimals import parse_whole
from feeds.market.gap import Gap, Mark, Page
from feeds.market.span import LOWEST_ID
from feeds.pace import Rate
from feeds.storage.allowance import BACKFILL, REST, Allowance
from feeds.types import Trade
from feeds.venues import Venue
from feeds.venues.base import HTTPRequest
from feeds.venues.rest import Ask, CallRefused, Listed

CALL_WITHIN_S: Final = 10.0
# The longest lists of instruments have about 5 MB.
MAX_BODY_BYTES: Final = 16 * 1024 * 1024
# What of a venue's budget may be spent on filling gaps.
BACKFILL_SHARE: Final = 0.2


class RestClient:
    """Where a venue's REST is asked. Every failure is a SessionEnded, or a BadFrame where the answer makes no sense."""

    def __init__(self, venue: Venue, url: str, allowance: Allowance, clock: Clock) -> None:
        self._venue = venue
        self._url = url
        self._allowance = allowance
        self._clock = clock

    async def skew(self) -> float:
        """Seconds that the venue's clock is ahead of ours, as far as one call can tell: half its duration."""
        ask = self._venue.rest.server_time()
        await self._allowance.wait(self._venue.code, REST, self._venue.rest.budget, ask.cost)
        sent_at = self._clock.now()
        body = await self._send(ask)
        middle = sent_at + (self._clock.now() - sent_at) / 2
        return (self._venue.rest.read_server_time(body) - middle).total_seconds()

    async def instruments(self, symbol: str = "") -> list[Listed]:
        """What the venue lists; only this symbol, where one is given."""
        listed = self._venue.rest.read_instruments(await self._ask(self._venue.rest.instruments(symbol)))
        return [one for one in listed if symbol in ("", one.symbol)]

    async def recent_trades(self, symbol: str) -> list[Trade]:
        """The newest trades, oldest first."""
        return self._venue.rest.read_trades(symbol, await self._ask(self._venue.rest.recent_trades(symbol)))

    async def trades_in(self, gap: Gap) -> AsyncGenerator[Page, None]:
        """Pages until the gap is filled or the venue has no more of it; the last one says what stays missing.

        A venue that can only be read backwards gives the newest page first. The first refusal ends it.
        """
        while True:
            page = self._venue.rest.read_page(gap, await self._past(gap))
            yield page
            if page.missing is None or not page.has_more:
                return
            gap = page.missing

    async def id_at(self, symbol: str, moment: datetime) -> int:
        """Beside which id reading begins at a venue that goes by id: of this moment and on, or backwards before it.

        Found by halving: each call brings a page.
        """
        rest = self._venue.rest
        newest = (await self.recent_trades(symbol))[-1:]
        low, high = 0, parse_whole(newest[0].trade_id) + 1 if newest else 0
        while high - low > rest.reach.rows:
            middle = (low + high) // 2
            mark = Mark(str(middle), moment)
            gap = Gap(symbol, Mark(LOWEST_ID, moment), mark) if rest.is_read_backward else Gap(symbol, mark)
            page = rest.read_trades(symbol, await self._past(gap))
            older = [trade for trade in page if trade.traded_at < moment]
            if 0 < len(older) < len(page):
                beside = page[len(older)] if rest.is_read_backward else older[-1]
                return parse_whole(beside.trade_id)
            low, high = (middle, high) if older or not page else (low, middle)
        return high if rest.is_read_backward else low

    async def _past(self, gap: Gap) -> bytes:
        """A page of it, within what may be spent on the past."""
        ask = self._venue.rest.trades_in(gap)
        part = share(self._venue.rest.budget, BACKFILL_SHARE)
        await self._allowance.wait(self._venue.code, BACKFILL, part, ask.cost)
        return await self._ask(ask)

    async def _ask(self, ask: Ask) -> bytes:
        await self._allowance.wait(self._venue.code, REST, self._venue.rest.budget, ask.cost)
        return await self._send(ask)

    async def _send(self, ask: Ask) -> bytes:
        request = HTTPRequest("GET", f"{self._url}{ask.path}")
        answer = await call(request, CALL_WITHIN_S, MAX_BODY_BYTES, self._clock.now())
        try:
            self._venue.rest.check(*answer)
        except CallRefused as refused:
            await self._allowance.cool_off(self._venue.code, refused)
            raise
        return answer.body


def share(budget: Rate, part: float) -> Rate:
    """That part of a budget: fewer calls, or one call in a longer time."""
    count = budget.count * part
    return Rate(int(count), budget.within) if count >= 1 else Rate(1, budget.within / count)
