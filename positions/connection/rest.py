"""What is asked of an account's REST, and what it answers. Read this beside caller.py, which does the asking."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from msgspec.structs import replace

from feeds.clock import Clock
from feeds.errors import SessionEnded
from feeds.storage.allowance import Allowance
from positions.connection.caller import Caller
from positions.errors import AccountRefused, Failure
from positions.keys.credentials import Credentials
from positions.plan import AccountPlan
from positions.types import Balances, Fills, KeyInfo, Orders, Positions
from positions.venues.bitget import DIALECTS
from positions.venues.bitget_rest import AccountRest, Call, Page, told_at
from positions.words import AccountKind

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Of a hundred rows each: far beyond what an account may have open.
MAX_PAGES: Final = 20
# What the venue tells of at once; less a minute, for the way there.
FILLS_WITHIN: Final = timedelta(days=7, minutes=-1)
# The classic world says so to a unified account.
_IS_UNIFIED: Final = "40085"


class AccountClient:
    """The account over REST. AccountRefused, SessionEnded or BadFrame, where it does not answer as it should.

    Which of the venue's two worlds it lives in, `kind`, is found out with the first question while it is None.
    """

    def __init__(self, plan: AccountPlan, credentials: Credentials, allowance: Allowance, clock: Clock) -> None:
        self.kind = plan.kind
        self._account = plan.id
        self._caller = Caller(plan, credentials, allowance, clock)

    @property
    def budget_used(self) -> float:
        """The highest share of a limit in use, 0 to 1."""
        return self._caller.budget_used

    def venue_now(self) -> datetime:
        """The venue's time, as far as we know it."""
        return self._caller.venue_now()

    def give_up(self, error: SessionEnded) -> None:
        """Nothing is asked with this key any more, not even what waits for leave; `error` is raised instead."""
        self._caller.refused = error

    async def detect_kind(self) -> AccountKind:
        """The world that the account lives in now; everything is asked there from now on."""
        try:
            await self._caller.ask(DIALECTS[AccountKind.CLASSIC].rest.balances())
            self.kind = AccountKind.CLASSIC
        except AccountRefused as refused:
            if refused.failure is not Failure.KIND:
                raise
            self.kind = AccountKind.UNIFIED if refused.code == _IS_UNIFIED else AccountKind.CLASSIC
        return self.kind

    async def measure_clock(self) -> float:
        """Seconds that the venue's clock is ahead of ours; what is signed from now on has the venue's time."""
        return await self._caller.measure_clock()

    async def key_info(self) -> KeyInfo:
        """What the key may do, and whose it is."""
        rest = await self._rest()
        call = rest.key_info()
        info = rest.read_key_info(await self._caller.ask(call))
        await self._caller.belongs_to(info.uid, call)
        return info

    async def positions(self) -> Positions:
        """All that are open."""
        rest = await self._rest()
        body = await self._caller.ask(rest.positions())
        return replace(rest.read_positions(body), told_at=told_at(body))

    async def balances(self) -> Balances:
        rest = await self._rest()
        body = await self._caller.ask(rest.balances())
        return replace(rest.read_balances(body), told_at=told_at(body))

    async def orders(self) -> Orders:
        """All that are open, with those that wait for a trigger. As old as the oldest of the answers."""
        rest = await self._rest()

        def read(body: bytes) -> Page[Orders]:
            page = rest.read_orders(body)
            return page._replace(content=replace(page.content, told_at=told_at(body)))

        return _joined([await self._pages(rest, call, read) for call in (rest.orders(), *rest.triggers())])

    async def fills(self, since: datetime, after: str = "") -> Page[Fills]:
        """What was executed since then, newest first, each once: of the last week, and of it no more than twenty pages
        at a time, so that `after` may tell where the older ones begin.
        """
        rest = await self._rest()
        start = max(since, self._caller.venue_now() - FILLS_WITHIN)
        if start != since:
            logger.warning(
                "account %d: not all fills since %s are to be had, only those of a week", self._account, since
            )
        pages = await self._pages(rest, rest.fills(start), rest.read_fills, after)
        fills = {fill.key: fill for page in pages for fill in page.content.fills}
        return Page(Fills(tuple(fills.values())), pages[-1].after)

    async def _rest(self) -> AccountRest:
        return DIALECTS[self.kind or await self.detect_kind()].rest

    async def _pages(
        self, rest: AccountRest, call: Call, read: Callable[[bytes], Page[T]], after: str = ""
    ) -> list[Page[T]]:
        """The pages of a list. The last one names a further one where there are too many."""
        pages = [read(await self._caller.ask(rest.next_page(call, after)))]
        while pages[-1].after and len(pages) < MAX_PAGES:
            pages.append(read(await self._caller.ask(rest.next_page(call, pages[-1].after))))
        return pages


def _joined(lists: list[list[Page[Orders]]]) -> Orders:
    """All lists as one. It is whole where each of them is, and as old as the oldest page."""
    pages = [page.content for pages in lists for page in pages]
    found = {order.order_id: order for page in pages for order in page.orders}
    is_whole = not any(pages[-1].after for pages in lists)
    times = [page.told_at for page in pages if page.told_at]
    return Orders(tuple(found.values()), is_whole, min(times, default=None))
