"""Bars out of trades."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from feeds.market.candles import Candle, add, candles, start_of
from feeds.types import Side, Trade

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def trade(price: str, seconds: float, size: str = "1") -> Trade:
    at = NOON + timedelta(seconds=seconds)
    return Trade("BTCUSDT", "1", Decimal(price), Decimal(size), Side.BUY, at)


def candle(minute: int, *numbers: str) -> Candle:
    opened, high, low, close, volume = map(Decimal, numbers)
    return Candle(NOON + timedelta(minutes=minute), opened, high, low, close, volume)


def test_a_bar_has_first_highest_lowest_and_last_price_and_the_sum_of_sizes() -> None:
    """Trades of one minute make one bar."""
    trades = [trade("10", 1, "0.1"), trade("12", 2, "0.2"), trade("9", 30, "0.3"), trade("11", 59.999, "0.4")]
    assert candles(trades) == [candle(0, "10", "12", "9", "11", "1.0")]


def test_a_trade_on_the_full_minute_opens_the_next_bar() -> None:
    """A bar holds its start and not its end."""
    assert [bar.start_at for bar in candles([trade("10", 0), trade("11", 60)])] == [
        NOON,
        NOON + timedelta(minutes=1),
    ]


def test_a_minute_without_trades_has_no_bar() -> None:
    """Nothing is invented for a quiet minute."""
    assert candles([trade("10", 0), trade("11", 200)]) == [
        candle(0, "10", "10", "10", "10", "1"),
        candle(3, "11", "11", "11", "11", "1"),
    ]


def test_a_trade_of_an_earlier_bar_leaves_the_forming_bar_as_it_is() -> None:
    """A late trade of a slower venue does not reopen a closed bar."""
    forming = candle(1, "10", "10", "10", "10", "1")
    assert add(forming, trade("99", 59)) is forming


def test_sums_and_prices_stay_exact() -> None:
    """0.1 + 0.2 is 0.3, and no digit of a price is lost."""
    bar = candles([trade("123456.123456789012", 0, "0.1"), trade("123456.123456789013", 1, "0.2")])[0]
    assert (bar.high, bar.volume) == (Decimal("123456.123456789013"), Decimal("0.3"))


def test_longer_bars_are_aligned_to_the_clock() -> None:
    """A five-minute bar starts at a minute that five divides."""
    assert start_of(NOON + timedelta(minutes=8, seconds=3), timedelta(minutes=5)) == NOON + timedelta(minutes=5)
    assert len(candles([trade("1", 0), trade("2", 299), trade("3", 300)], timedelta(minutes=5))) == 2


def test_no_trades_make_no_bars() -> None:
    """An empty hour is an empty list."""
    assert candles([]) == []
