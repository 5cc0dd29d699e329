"""The state of the page: readings in, changed messages out."""

from datetime import timedelta
from decimal import Decimal

from msgspec import structs

from dashboard.feed.board import TAPE_LENGTH, Board
from dashboard.feed.conversion import NO_WORKER
from dashboard.feed.messages import Bar, Feed, Health, Latency, Price, Snapshot, Trades, Uptime, Venues
from feeds.market.candles import Prices
from feeds.queries import FeedView, InstrumentView, VenueRow
from tests.dashboard.samples import NOON, feed_state, price_state, trade

FEED = FeedView(
    name="main",
    title="Main feed",
    instruments=[InstrumentView("BTC-USDT", "BTC", "USDT")],
    venues=[VenueRow("binance", "Binance", 1, True), VenueRow("htx", "HTX", 2, False)],
)


def test_the_whole_state_starts_with_a_snapshot() -> None:
    """A client that knows nothing is told first what there is."""
    board = Board(FEED)
    board.take_trades([("1-0", trade(1, "64000.00"))])
    board.take_states(feed_state(NOON), [price_state(trade(1, "64000.00"), NOON)])
    whole = board.whole(NOON)
    assert [type(message) for message in whole] == [
        *(Snapshot, Health, Venues, Feed, Uptime, Latency, Price, Trades, Bar)
    ]
    assert whole[0] == Snapshot(now=NOON, title="Main feed", instruments=["BTC-USDT"], stale_after=5.0)


def test_a_state_that_did_not_change_is_not_told_again() -> None:
    """F-22: an unchanged price or venue costs nothing, although its version in Redis rises."""
    board = Board(FEED)
    last = trade(1, "64000.00")
    assert len(board.take_states(feed_state(NOON), [price_state(last, NOON)])) == 3
    assert board.take_states(feed_state(NOON, version=2), [price_state(last, NOON, version=2)]) == []


def test_a_price_moves_against_the_last_different_one_of_its_venue() -> None:
    """Up and down are about one venue's trades: the other venue's level does not count."""
    board = Board(FEED)
    trades = [
        trade(1, "100", NOON),
        trade(2, "999", NOON, venue="htx"),
        trade(3, "100.5", NOON + timedelta(seconds=1)),
        trade(4, "100.5", NOON + timedelta(seconds=2)),
    ]
    board.take_trades([(f"{number}-0", each) for number, each in enumerate(trades)])
    board.take_states(None, [price_state(trades[-1], NOON)])
    assert board.prices["BTC-USDT"].move == "up"


def test_a_tape_that_is_ahead_of_the_price_does_not_turn_its_arrow() -> None:
    """A trade later than the shown one says nothing about how the shown one came about."""
    board = Board(FEED)
    earlier, shown, ahead = (trade(n, price, NOON + timedelta(seconds=n)) for n, price in enumerate(("9", "10", "11")))
    board.take_trades([("1-0", earlier), ("2-0", shown), ("3-0", ahead)])
    board.take_states(None, [price_state(shown, NOON)])
    assert board.prices["BTC-USDT"].move == "up"


def test_a_price_that_is_gone_from_redis_stays_and_ages() -> None:
    """An old price is shown with its age, not withdrawn."""
    board = Board(FEED)
    board.take_states(None, [price_state(trade(1, "64000.00"), NOON)])
    assert board.take_states(None, [None]) == []
    assert board.prices["BTC-USDT"].seen_at == NOON


def test_without_a_worker_the_venues_are_unknown() -> None:
    """F-29: nobody reports, so nothing is called connected; what an admin switched off is known all the same."""
    board = Board(FEED)
    board.take_states(feed_state(NOON), [])
    venues, _ = board.take_states(None, [])
    assert isinstance(venues, Venues)
    assert [(line.state, line.reason) for line in venues.venues] == [
        ("unknown", NO_WORKER),
        ("disabled", "Switched off in the admin"),
    ]


def test_a_closed_bar_gets_its_last_word() -> None:
    """A reading that crosses the minute tells both the bar that closed and the one that began."""
    board = Board(FEED)
    trades = [trade(1, "10", NOON), trade(2, "12", NOON + timedelta(seconds=59)), trade(3, "11", NOON + timedelta(60))]
    told = board.take_trades([(f"{number}-0", each) for number, each in enumerate(trades)])
    assert [bar.close for bar in told if isinstance(bar, Bar)] == ["12", "11"]


def test_a_batch_that_is_sent_again_counts_once() -> None:
    """A recorder repeats a batch that Redis had taken before it froze: no row and no volume doubles."""
    board = Board(FEED)
    batch = [trade(1, "10", size="0.1"), trade(2, "11", size="0.2"), trade(2, "11.5", venue="htx", size="0.4")]
    board.take_trades([(f"{number}-0", each) for number, each in enumerate(batch)])
    assert board.take_trades([(f"{number}-1", each) for number, each in enumerate(batch)]) == []
    assert [each for _, each in board.tapes["BTC-USDT"]] == batch
    assert board.bars["BTC-USDT"].volume == Decimal("0.7")


def test_trades_of_an_outage_are_not_put_on_top_of_live_ones() -> None:
    """R7: the spool is replayed between live trades; where nothing live is there yet, the tape takes it as it comes."""
    board = Board(FEED)
    spooled = [trade(number, "10", NOON + timedelta(seconds=number)) for number in (1, 2)]
    live = [trade(number, "12", NOON + timedelta(seconds=number)) for number in (60, 61)]
    board.take_trades([("1-0", spooled[0]), ("2-0", live[0]), ("3-0", spooled[1]), ("4-0", live[1])])
    assert [each for _, each in board.tapes["BTC-USDT"]] == [spooled[0], *live]


def test_a_trade_from_the_future_is_on_the_tape_but_in_no_bar() -> None:
    """E27: a venue whose clock is wrong once does not begin a bar that no later trade can grow."""
    board = Board(FEED)
    odd = structs.replace(trade(2, "99"), traded_at=NOON.replace(year=2036), quarantine="clock")
    told = board.take_trades([("1-0", trade(1, "10")), ("2-0", odd), ("3-0", trade(3, "12"))])
    assert [line.price for said in told if isinstance(said, Trades) for line in said.trades] == ["10", "99", "12"]
    assert [(bar.start_at, bar.high) for bar in told if isinstance(bar, Bar)] == [(NOON, "12")]


def test_a_late_trade_is_no_last_word_of_its_bar() -> None:
    """E26: what the venue had told before it stays the close, and turns the arrow."""
    board = Board(FEED)
    first, shown = trade(1, "10"), trade(3, "12", NOON + timedelta(seconds=2))
    late = structs.replace(trade(2, "99", NOON + timedelta(seconds=1)), quarantine="order")
    board.take_trades([("1-0", first), ("2-0", shown), ("3-0", late)])
    board.take_states(None, [price_state(shown, NOON)])
    prices = board.bars["BTC-USDT"].prices
    assert prices
    assert (prices.close, prices.high) == (Decimal("12"), Decimal("12"))
    assert board.prices["BTC-USDT"].move == "up"


def test_live_bars_are_of_the_displayed_venue_and_of_now() -> None:
    """V-10: a standby's trades, and those that fill a gap, are in the stored bars of their venue only."""
    board = Board(FEED)
    standby = structs.replace(trade(2, "99", venue="htx"), is_standby=True)
    backfill = structs.replace(trade(3, "1"), is_backfill=True)
    board.take_trades([("1-0", trade(1, "10")), ("2-0", standby), ("3-0", backfill)])
    bar = board.bars["BTC-USDT"]
    assert (bar.trades, bar.prices) == (1, Prices(*[Decimal(10)] * 4))


def test_the_tape_is_bounded_and_foreign_instruments_are_left_out() -> None:
    """The log carries every instrument; the page only those of its feed, and only the last ones."""
    board = Board(FEED)
    entries = [(f"{number}-0", trade(number, "10")) for number in range(TAPE_LENGTH + 5)]
    board.take_trades(entries)
    assert [offset for offset, _ in board.tapes["BTC-USDT"]] == [offset for offset, _ in entries[5:]]
    assert Board(None).take_trades(entries) == []


def test_numbers_leave_without_exponent_and_without_loss() -> None:
    """A spread of 0.00000001 is not 1E-8, and zeros at the end are the venue's business."""
    board = Board(FEED)
    tight = structs.replace(
        price_state(trade(1, "0.00000010"), NOON), bid=Decimal("0.00000009"), ask=Decimal("0.00000010")
    )
    board.take_states(None, [tight])
    price = board.prices["BTC-USDT"]
    assert (price.price, price.spread) == ("0.00000010", "0.00000001")
