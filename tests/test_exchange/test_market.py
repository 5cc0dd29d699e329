"""The random market and the ledger: one seed, one market; consecutive numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

from tests.exchange.ledger import Ledger
from tests.exchange.market import LISTINGS, RECENT, Move, RandomMarket, Tape, Trade
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, wait_until

NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


def open_tape(seed: int, venue: str = "binance", instrument: str = "BTC-USDT") -> Tape:
    market = RandomMarket(seed=seed, rate=8.0)
    return market.open(venue, instrument.replace("-", ""), LISTINGS[instrument], NOW)


def draw(tape: Tape, moves: int = 500) -> list[tuple[float, Move]]:
    return [(tape.pause(), tape.move(NOW)) for _ in range(moves)]


def trades(moves: list[tuple[float, Move]]) -> list[Trade]:
    return [trade for _, move in moves for trade in move.trades]


def test_same_seed_gives_the_same_market() -> None:
    """Prices, sizes, sides and pauses repeat; another seed gives others."""
    assert draw(open_tape(7)) == draw(open_tape(7))
    assert draw(open_tape(7)) != draw(open_tape(8))


def test_venues_differ_a_little() -> None:
    """Two venues never stand still together, and never drift apart."""
    one, two = (trades(draw(open_tape(7, venue), 2000)) for venue in ("binance", "htx"))
    assert [trade.price for trade in one[:50]] != [trade.price for trade in two[:50]]
    assert abs(one[-1].price - two[-1].price) < Decimal(100)


def test_trade_ids_are_consecutive_and_begin_at_the_time() -> None:
    """A restarted exchange begins above every id of its former life."""
    ids = [trade.trade_id for trade in trades(draw(open_tape(7)))]
    assert ids[0] == round(NOW.timestamp() * 1000)
    assert all(later == earlier + 1 for earlier, later in pairwise(ids))


def test_prices_and_sizes_lie_on_the_grid() -> None:
    """Every number is exact: a multiple of the tick or the step."""
    for instrument, listing in LISTINGS.items():
        for trade in trades(draw(open_tape(7, instrument=instrument))):
            assert trade.price > 0
            assert trade.size > 0
            assert trade.price % listing.tick == trade.size % listing.step == 0


def test_rate_is_about_right() -> None:
    """Orders come as often as asked for."""
    moves = draw(open_tape(7), 8000)
    orders = sum(1 for _, move in moves if move.trades)
    assert 7.0 < orders / sum(pause for pause, _ in moves) < 9.0


def test_memory_is_bounded() -> None:
    """REST sees the recent trades only."""
    tape = open_tape(7)
    made = trades(draw(tape, 12_000))
    assert list(tape.trades) == made[-RECENT:]


async def test_ledger_is_what_the_client_heard() -> None:
    """Entry by entry, with consecutive numbers and ids, while the market runs by itself."""
    async with (
        Exchange(market=RandomMarket(seed=7, rate=300)) as exchange,
        dial(exchange, "/binance/ws/btcusdt@trade") as socket,
    ):
        heard = [await hear(socket) for _ in range(100)]
        sent = exchange.ledger[:100]
    assert [entry.number for entry in sent] == list(range(1, 101))
    assert [entry.trade_id for entry in sent] == [str(message["t"]) for message in heard]
    assert [(entry.price, entry.size) for entry in sent] == [
        (Decimal(message["p"]), Decimal(message["q"])) for message in heard
    ]
    assert all(later["t"] == earlier["t"] + 1 for earlier, later in pairwise(heard))


async def test_trades_happen_while_nobody_listens() -> None:
    """The ids go on between two connections: there is a gap to find."""
    async with Exchange(market=RandomMarket(seed=7, rate=500)) as exchange:
        await wait_until(lambda: len(exchange.market.trades("binance", "BTCUSDT")) >= 50)
        assert len(exchange.ledger) == 0


def test_ledger_forgets_but_does_not_renumber() -> None:
    """`since` gives the entries after a number, as far as they are kept."""
    ledger = Ledger(keep=3)
    for trade in trades(draw(open_tape(7)))[:5]:
        ledger.write_trade(trade, connection=1)
    assert [entry.number for entry in ledger] == [3, 4, 5]
    assert [entry.number for entry in ledger.since(4)] == [5]
    assert [entry.number for entry in ledger.since(0)] == [3, 4, 5]
    assert (len(ledger), ledger[-1].number, ledger.since(9)) == (3, 5, [])
