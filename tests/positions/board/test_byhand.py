"""What people read of accounts with redis-cli."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from feeds.storage.byhand import LineNow, values
from feeds.storage.live import LiveStore
from positions.board.board import Board
from positions.board.byhand import EVERY_S, PastChange
from positions.book.book import Book, Source
from positions.book.change import PositionChanged
from positions.types import Orders, Position, Positions
from positions.words import OrderKind
from tests.clock import ManualClock
from tests.feeds.samples import NOON
from tests.positions.samples import PLAN, long, ticker, trigger
from tests.redis_server import RedisServer


class Account:
    """A board that is written to a real Redis once a second."""

    def __init__(self, store: LiveStore, clock: ManualClock) -> None:
        self.board = Board(PLAN, 3, clock)
        self._book = Book()
        self._store = store
        self._clock = clock

    def hear(self, event: Positions | Orders, source: Source = Source.STREAM) -> None:
        for change in self._book.hear(event, source, self._clock.now()):
            if isinstance(change, PositionChanged):
                self.board.desk.changed(change)
        self.board.show(self._book)

    def hold(self, *held: Position) -> None:
        self.hear(Positions(held, is_whole=True, told_at=self._clock.now()))
        self.board.entered("connected")

    async def write(self) -> None:
        await self._clock.advance(EVERY_S)
        await self._store.write_state(self.board.take())


@pytest_asyncio.fixture
async def store(redis_server: str) -> AsyncIterator[LiveStore]:
    store = LiveStore(redis_server)
    yield store
    await store.close()


@pytest.fixture
def account(store: LiveStore, clock: ManualClock) -> Account:
    return Account(store, clock)


@pytest.fixture
def said(shared_redis: RedisServer) -> Any:
    """What `redis-cli get NAME` prints."""

    def said(name: str) -> Any:
        with shared_redis.client() as client:
            text = client.get(name)
        return json.loads(text) if isinstance(text, bytes) else None

    return said


async def test_a_flat_account_is_neutral_and_aligned(account: Account, said: Any) -> None:
    """M-05, M-12: size 0, in the envelope of all plain names, with the fence of the account's lease."""
    account.hold()
    await account.write()
    told = said("current_position")
    assert (told["v"]["side"], told["v"]["size"], told["v"]["state"], told["v"]["pnl"]) == (
        "NEUTRAL",
        "0",
        "ALIGNED",
        "0",
    )
    assert (told["fence"], told["origin"], set(told)) == (3, "account:7", {"v", "fence", "version", "at", "origin"})
    assert (said("position_targets")["v"], said("position_history")["v"]) == ([], [])


async def test_the_largest_position_is_told_with_all_targets(account: Account, said: Any) -> None:
    """M-05, M-12, M-17: by notional at the mark price."""
    account.hold(long("0.1"), long("2", "ETHUSDT"))
    account.hear(Orders((trigger("1", OrderKind.STOP_LOSS, "58000"),), is_whole=True), Source.REST)
    account.board.mark(ticker("60600"))
    account.board.mark(ticker("3000", symbol="ETHUSDT"))
    await account.write()
    told = said("current_position")["v"]
    assert (told["symbol"], told["side"], told["size"], told["positions"]) == ("BTCUSDT", "long", "0.1", 2)
    assert (told["entry_price"], told["current_price"], told["pnl"]) == ("60000", "60600", "60.0")
    (target,) = said("position_targets")["v"]
    assert (target["symbol"], target["kind"], target["price"]) == ("BTCUSDT", "stop_loss", "58000")


async def test_the_last_ten_changes_are_told_newest_first(account: Account, said: Any, clock: ManualClock) -> None:
    """M-12: what only follows the price is none."""
    for number in range(12):
        account.hear(Positions((long(str(number + 1)),), is_whole=True, told_at=clock.now()))
    account.hear(Positions((), is_whole=True, told_at=clock.now() + timedelta(seconds=1)))
    await account.write()
    history = said("position_history")["v"]
    assert [(each["kind"], each["size_before"], each["size_after"]) for each in history[:2]] == [
        ("closed", "12", "0"),
        ("increased", "11", "12"),
    ]
    assert (len(history), history[0]["source"], history[0]["symbol"]) == (10, "stream", "BTCUSDT")


async def test_changes_of_before_are_told_behind_newer_ones(account: Account, said: Any) -> None:
    """M-12: a worker that begins has them from the database."""
    account.board.desk.recall([PastChange("ETHUSDT", "long", "closed", Decimal(1), Decimal(0), "rest", NOON)])
    account.hold(long())
    await account.write()
    assert [each["kind"] for each in said("position_history")["v"]] == ["opened", "closed"]


async def test_a_position_outlives_the_feeds_no_data(account: Account, said: Any, store: LiveStore) -> None:
    """M-12: the feed that does not know it writes under a lower fence, before and after."""
    nothing = values("feed:main", LineNow("binance", NOON, 2), store.statistics(), NOON)
    await store.write_state(nothing)
    assert said("current_position")["v"] == "no data"
    account.hold(long())
    await account.write()
    await store.write_state(values("feed:main", LineNow("binance", NOON, 2), store.statistics(), NOON + timedelta(1)))
    assert said("current_position")["v"]["symbol"] == "BTCUSDT"
    assert said("ws_status")["v"] == "connected to binance"


async def test_an_account_that_nobody_knows_yet_says_nothing(account: Account, said: Any) -> None:
    """M-12: never flat by guessing; and another account than the first one leaves these names alone."""
    await account.write()
    assert said("current_position") is None
    account.hold(long())
    account.board.follow(PLAN._replace(is_first=False))
    await account.write()
    assert said("current_position") is None
    assert said("ws_status:7")["v"] == "CONNECTED"


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("disconnected", "DISCONNECTED"),
        ("connecting", "DISCONNECTED"),
        ("authenticating", "AUTHENTICATING"),
        ("subscribing", "AUTHENTICATING"),
        ("connected", "CONNECTED"),
        ("reconnecting", "DISCONNECTED"),
        ("error", "DISCONNECTED"),
    ],
)
async def test_each_account_tells_of_its_own_line(account: Account, said: Any, state: str, word: str) -> None:
    """M-02, M-03: in the brief's words, with the last heartbeat in seconds since 1970."""
    account.board.entered(state)
    await account.write()
    assert (said("ws_status:7")["v"], said("ws_last_update:7")["v"]) == (word, "no data")
    account.board.heartbeat()
    await account.write()
    assert said("ws_last_update:7")["v"] == int((NOON + timedelta(seconds=EVERY_S)).timestamp())


async def test_the_numbers_are_exact(account: Account, said: Any) -> None:
    """M-12: as text, so that no reader rounds them."""
    account.hold(long("0.000000000000000001"))
    await account.write()
    assert Decimal(said("current_position")["v"]["size"]) == Decimal("0.000000000000000001")
