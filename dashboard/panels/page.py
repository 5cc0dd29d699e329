"""What the panels of a page show at first, each thing read once for all of them."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from asgiref.sync import async_to_sync
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from dashboard.accounts.shelves import Shelf, read_shelves
from dashboard.chart.first import last_bars
from dashboard.feed.board import STALE_AFTER, Board
from dashboard.feed.first_look import first_look
from dashboard.feed.messages import Price
from dashboard.feed.parts import AlertLine, Source
from dashboard.feed.reader import read_board, stored_board
from dashboard.panels import operations
from dashboard.panels.kinds import About
from dashboard.panels.placed import Placed
from dashboard.system.banner import lines
from dashboard.system.system import System
from dashboard.system.watch import WATCH
from feeds.clock import SystemClock
from feeds.queries import shown_feeds
from feeds.storage.servers import addresses
from positions.queries.visible import AccountView
from positions.symbols import symbol_of


@dataclass(frozen=True)
class Shown:
    """A panel and what it shows."""

    panel: Placed
    context: Mapping[str, Any]


@dataclass(frozen=True)
class PageView:
    """A page as it leaves the server. `boards` are by the name of their feed; the lead is the panel of the title.
    `is_waiting`: there is no feed for the panels that need one.
    """

    now: datetime
    seen: System
    feeds: Mapping[str, str]
    boards: Mapping[str, Board]
    panels: list[Shown]
    is_waiting: bool
    stale_after: float = STALE_AFTER

    @property
    def notes(self) -> list[AlertLine]:
        """What is wrong below everything that is shown."""
        return lines(self.seen)

    @property
    def board(self) -> Board | None:
        """Of the first feed that is on the page."""
        return next(iter(self.boards.values()), None)

    @property
    def lead(self) -> Mapping[str, Any]:
        """What the first panel with a price shows."""
        return next((each.context for each in self.panels if each.panel.kind.code == "price"), {})

    @property
    def stylesheets(self) -> list[str]:
        kinds = list(dict.fromkeys(each.panel.kind for each in self.panels))
        shared = ["dashboard/accounts.css"] if any(kind.about is About.ACCOUNT for kind in kinds) else []
        return shared + [kind.stylesheet for kind in kinds]


@dataclass(frozen=True)
class Read:
    """What was read for all panels of a page. `instrument` is the page's, `accounts` are those that the viewer sees."""

    now: datetime
    seen: System
    instrument: str
    boards: Mapping[str, Board]
    accounts: list[AccountView]
    shelves: Mapping[int, Shelf]
    # What was read beside that, by what it is of: however many panels show it.
    more: dict[Hashable, dict[str, Any]] = field(default_factory=dict)

    def context(self, placed: Placed) -> dict[str, Any]:
        """What a panel shows; nothing where nothing is there for it. One of an account says why it shows none."""
        if placed.refusal:
            return {"panel": placed}
        match placed.kind.about:
            case About.SITE:
                more = self._once(placed.kind, partial(operations.of_system, placed.kind.code, self.seen))
                return {"panel": placed, "seen": self.seen, **more}
            case About.FEED:
                return self._of_feed(placed)
            case About.INSTRUMENT:
                return self._of_instrument(placed)
            case About.ACCOUNT:
                return self._of_account(placed)

    def _once(self, of: Hashable, read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        if of not in self.more:
            self.more[of] = read()
        return self.more[of]

    def _of_feed(self, placed: Placed) -> dict[str, Any]:
        board = self.boards.get(placed.feed)
        if board is None:
            return {}
        code = placed.kind.code
        more = self._once((code, placed.feed), partial(operations.of_feed, code, board, self.now))
        return {"panel": placed, "board": board, "seen": self.seen, "accounts": self.accounts, **more}

    def _of_instrument(self, placed: Placed) -> dict[str, Any]:
        if (board := self.boards.get(placed.feed)) is None:
            return {}
        known = {each.code: each for each in board.feed.instruments}
        if placed.instrument and placed.instrument not in known:
            return {"panel": _refused(placed, _("%(name)s is not shown by this feed."), placed.instrument)}
        asked = placed.instrument or self.instrument
        code = asked if asked in known else next(iter(known), "")
        price, source = board.prices.get(code), board.following.source(code)
        return {
            "panel": replace(placed, instrument=code),
            "board": board,
            "instrument": known.get(code),
            "price": price,
            "source": source,
            "price_state": price_state(price, source, self.now),
            "tape": [trade for _, trade in reversed(board.tapes.get(code, ()))],
            "accounts": self.accounts,
            "symbol": symbol_of(code),
            **self._once((placed.feed, code), partial(_read_when_shown, board, code, self.now)),
        }

    def _of_account(self, placed: Placed) -> dict[str, Any]:
        if (shelf := self.shelves.get(placed.account or 0)) is None:
            return {"panel": placed, "view": None}
        since_at = shelf.shown.stale_of(placed.kind.code)
        return {"panel": placed, "view": shelf.view, "shown": shelf.shown, "stale_since_at": since_at}


def _read_when_shown(board: Board, instrument: str, now: datetime) -> dict[str, Any]:
    return {
        "lately": SimpleLazyObject(partial(first_look, board, instrument, now)),
        "last_bars": cache(partial(last_bars, board, instrument, now)),
    }


def read_page(accounts: list[AccountView], placed: Iterable[Placed], feed: str = "", instrument: str = "") -> PageView:
    """For who may see these accounts. `feed` and `instrument` are those of the page: of each panel that names none of
    its own. Blocking.
    """
    clock, feeds, seen = SystemClock(), shown_feeds(), WATCH.system()
    wanted = list(placed)
    panels = [_settled(each, feed, feeds, accounts) for each in wanted]
    boards = {
        name: _board(name, seen)
        for name in dict.fromkeys(each.feed for each in panels if _is_of_feed(each))
        if name in feeds
    }
    placed_accounts = {each.account for each in panels}
    views = [view for view in accounts if view.id in placed_accounts]
    shelves = {shelf.view.id: shelf for shelf in read_shelves(views, seen)}
    read = Read(clock.now(), seen, instrument, boards, accounts, shelves)
    shown = [Shown(context["panel"], context) for each in panels if (context := read.context(each))]
    is_waiting = any(map(_is_of_feed, wanted)) and not feeds
    return PageView(read.now, seen, feeds, boards, shown, is_waiting)


def _settled(placed: Placed, feed: str, feeds: Mapping[str, str], accounts: list[AccountView]) -> Placed:
    """With its feed by name. Who kept the address of a page of a feed that is gone is shown the first one."""
    if placed.kind.about is About.ACCOUNT and placed.account is None:
        return replace(placed, account=accounts[0].id if accounts else None)
    if _is_of_feed(placed) and placed.feed and placed.feed not in feeds:
        return _refused(placed, _("The feed %(name)s is not shown any more."), placed.feed)
    asked = placed.feed or feed
    return replace(placed, feed=asked if asked in feeds else next(iter(feeds), ""))


def _refused(placed: Placed, why: str, name: str) -> Placed:
    """What is not there is not replaced by something else: nobody would notice."""
    return replace(placed, refusal=why % {"name": name})


def _is_of_feed(panel: Placed) -> bool:
    return panel.kind.about in (About.FEED, About.INSTRUMENT)


def _board(feed: str, seen: System) -> Board:
    """Only servers that answer are asked: nobody waits for one that hangs, nor tries a password that one refuses."""
    clock = SystemClock()
    urls = [url for name, url in addresses().items() if seen.is_up(name)]
    board = async_to_sync(read_board)(feed, clock, *urls) if urls else stored_board(feed, clock.now())
    board.take_notes(lines(seen))
    return board


def price_state(price: Price | None, source: Source, now: datetime) -> str:
    """What no venue delivers any more is not fresh, however young it is."""
    if price is None:
        return "empty"
    is_old = now - price.seen_at > timedelta(seconds=STALE_AFTER)
    return "stale" if is_old or not source.venue else "fresh"
