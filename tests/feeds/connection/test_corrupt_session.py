"""A venue whose data cannot be believed is left: a real exchange, a real Redis, a real database."""

import re

import pytest
from pytest_django import Settings

from feeds.models import FailoverEvent
from feeds.storage.database import DatabaseThread
from tests.exchange.dialect import Say
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange, utc_now
from tests.feeds.connection.desk import binance_frame
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.feeds.connection.sending import data, drained, subscribed
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]


async def test_session_of_foreign_symbols_is_left(
    exchange: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """E20: the fifth within 10 s ends it as corrupt; 0 wrong rows."""
    async with running():
        connection = await subscribed(exchange)
        connection.do(data(exchange, connection, 1))
        await observer.price_from("binance")
        for number in range(5):
            exchange.say("binance", binance_frame(number, "2600.10", "ETHUSDT", utc_now()))
        state = await observer.venue_in_state("binance", "disconnected")
        await wait_until(lambda: exchange.connections[-1].venue == "kucoin")
    assert state.reason == "corrupt: data of foreign symbols 5 times in 10 s"
    assert state.rejected == {"symbol": 5}
    assert await database.run(drained) == ["1000"]
    assert [frame.reason for frame in await observer.rejected("binance")] == ["symbol"] * 5


async def test_session_of_garbage_is_left(settings: Settings, observer: Observer, database: DatabaseThread) -> None:
    """E21: with every third frame broken, the next venue's price is there within seconds, and a row says why."""
    async with Exchange(market=RandomMarket(rate=40)) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        exchange.faults.set("binance", "garbage", every=2)
        async with running():
            await observer.price_from("binance")
            await observer.price_from("kucoin", within=8.0)
        event = await database.run(FailoverEvent.objects.get)
    assert event.reason.startswith("corrupt: ")
    assert event.reason.endswith("frames in 5 s could not be understood")


async def test_venue_whose_data_cannot_be_taken_is_left_like_a_silent_one(
    exchange: Exchange, observer: Observer
) -> None:
    """E7 E25: trades of before keep no session alive; three seconds, as for silence."""
    async with running():
        connection = await subscribed(exchange)
        (good,) = data(exchange, connection, 1)

        def is_left() -> bool:
            connection.do([good])
            return len(exchange.connections) > 1

        await wait_until(is_left, within=6.0)
        state = await observer.venue_with("binance", lambda venue: venue.state == "disconnected")
    assert state.reason.startswith("silent: no market data for 3")


async def test_venue_whose_data_are_doubted_is_left(exchange: Exchange, observer: Observer) -> None:
    """E24 V-14: more than a fifth of its last ticks have prices of nothing: its circuit opens, and says why."""
    async with running():
        connection = await subscribed(exchange)
        for frame in data(exchange, connection, 40):
            free = Say(re.sub(r'"p":"[0-9.]+"', '"p":"0"', str(frame.frame)))
            assert free.frame != frame.frame
            connection.do([frame, free])
        state = await observer.venue_with("binance", lambda venue: venue.state == "disconnected")
    assert state.reason.endswith("ticks are doubted")
    assert state.reason.startswith("circuit: ")
