"""HTX on the replay exchange: gzip frames, pings, acknowledgements, errors, REST."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from decimal import Decimal

import aiohttp
import pytest

from tests.exchange.dialect import Limits
from tests.exchange.dialects.htx_rest import number
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, hear_close, say, wait_until

TOPIC = "market.btcusdt.trade.detail"
PRICE = Decimal("76000.00")


async def test_every_frame_is_gzip_in_a_binary_frame(exchange: Exchange) -> None:
    """Acknowledgements are compressed too."""
    async with dial(exchange, "/htx/ws") as socket:
        await say(socket, sub=TOPIC, id="id1")
        frame = await socket.recv()
    assert isinstance(frame, bytes)
    assert gzip.decompress(frame).startswith(b'{"id":"id1","status":"ok","subbed":"market.btcusdt.trade.detail"')


async def test_trades_of_one_order_share_a_frame_newest_first(exchange: Exchange) -> None:
    """Prices are bare numbers, small ones in exponent form, and the obsolete id is longer than 64 bits."""
    async with dial(exchange, "/htx/ws") as socket:
        await say(socket, sub=TOPIC, id=1)
        await socket.recv()
        exchange.trade("htx", "BTC-USDT", PRICE, [Decimal("0.00018"), Decimal("2")], "sell")
        frame = await socket.recv()
    assert isinstance(frame, bytes)
    text = gzip.decompress(frame).decode()
    assert text.index('"tradeId":1001,"amount":2.0,') < text.index('"tradeId":1000,"amount":1.8E-4,')
    assert '"price":76000.0,"direction":"sell"' in text
    assert '"id":10001001' in text


async def test_last_trade_is_repeated_after_the_acknowledgement(exchange: Exchange) -> None:
    """A client that comes back sees the last trade again, unmarked."""
    exchange.trade("htx", "BTC-USDT", PRICE, [Decimal(1), Decimal(2)])
    async with dial(exchange, "/htx/ws") as socket:
        await say(socket, sub=TOPIC, id=1)
        assert (await hear(socket))["status"] == "ok"
        rows = (await hear(socket))["tick"]["data"]
    assert [row["tradeId"] for row in rows] == [1001]


async def test_several_topics_have_an_acknowledgement_each(exchange: Exchange) -> None:
    """`sub` takes a list; each topic is acknowledged or refused on its own."""
    async with dial(exchange, "/htx/ws") as socket:
        await say(socket, sub=[TOPIC, "market.nosuch.bbo", "market.btcusdt.weather"], id="a")
        answers = [await hear(socket) for _ in range(3)]
    assert [answer["status"] for answer in answers] == ["ok", "error", "error"]
    assert [answer.get("err-msg") for answer in answers[1:]] == [
        "invalid symbol nosuch",
        "invalid topic market.btcusdt.weather",
    ]


async def test_unsubscribing_needs_a_subscription(exchange: Exchange) -> None:
    """The first `unsub` is confirmed, the second is an error."""
    async with dial(exchange, "/htx/ws") as socket:
        await say(socket, sub=TOPIC, id=1)
        await say(socket, unsub=TOPIC, id=2)
        await say(socket, unsub=TOPIC, id=3)
        _, confirmed, refused = [await hear(socket) for _ in range(3)]
    assert confirmed["unsubbed"] == TOPIC
    assert refused["err-msg"] == f"unsub with not subbed topic {TOPIC}"


async def test_pull_shows_the_recent_trades_once_in_a_while() -> None:
    """`req` answers with rows, newest first, and refuses a second call within 100 ms."""
    market = RandomMarket(rate=0, first_id=1000)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    async with (
        Exchange(market=market, clock=lambda: now) as exchange,
        dial(exchange, "/htx/ws") as socket,
    ):
        exchange.trade("htx", "BTC-USDT", PRICE, [Decimal(1), Decimal(2)])
        await say(socket, req=TOPIC, id="r")
        await say(socket, req=TOPIC, id="s")
        rows, refused = await hear(socket), await hear(socket)
    assert [row["tradeId"] for row in rows["data"]] == [1001, 1000]
    assert refused["err-msg"] == "429 too many request"


async def test_bbo_carries_the_best_prices() -> None:
    """The light channel has bid and ask as numbers."""
    async with (
        Exchange(market=RandomMarket(rate=200)) as exchange,
        dial(exchange, "/htx/ws") as socket,
    ):
        await say(socket, sub="market.btcusdt.bbo", id=1)
        await hear(socket)
        tick = (await hear(socket))["tick"]
    assert tick["symbol"] == "btcusdt"
    assert tick["bid"] < tick["ask"]


async def test_nonsense_is_an_error_and_not_the_end(exchange: Exchange) -> None:
    """HTX answers what is not JSON, and a pong it never asked for."""
    async with dial(exchange, "/htx/ws") as socket:
        await socket.send("hello")
        assert (await hear(socket))["err-msg"] == "not json, is not json string"
        await say(socket, pong=1)
        assert (await hear(socket))["err-msg"] == "invalid ping"


async def test_two_missed_pings_close_the_connection() -> None:
    """A client that never answers is closed with 1003 at the third ping's time."""
    async with (
        Exchange(market=RandomMarket(rate=0), limits={"htx": Limits(beat_every=0.03)}) as exchange,
        dial(exchange, "/htx/ws") as socket,
    ):
        assert [list(await hear(socket)) for _ in range(2)] == [["ping"], ["ping"]]
        assert await hear_close(socket) == 1003
        assert socket.close_reason == "ping check expired"


async def test_answered_pings_keep_the_connection() -> None:
    """A client that returns each number stays connected."""
    async with (
        Exchange(market=RandomMarket(rate=0), limits={"htx": Limits(beat_every=0.1)}) as exchange,
        dial(exchange, "/htx/ws") as socket,
    ):
        for _ in range(5):
            await say(socket, pong=(await hear(socket))["ping"])
        await wait_until(lambda: exchange.connections[-1].frames_received == 5)
        assert exchange.connections[-1].is_open


async def test_rest_groups_trades_newest_first(exchange: Exchange) -> None:
    """REST groups by order, spells `trade-id`, and gives one group unless asked for more."""
    exchange.trade("htx", "BTC-USDT", PRICE, [Decimal(1)])
    exchange.trade("htx", "BTC-USDT", PRICE, [Decimal(2), Decimal(3)])
    url = f"{exchange.url}/htx/market/history/trade?symbol=btcusdt"
    async with aiohttp.ClientSession() as session:
        one = await (await session.get(url)).json()
        many = await (await session.get(f"{url}&size=2000")).json()
    assert [[row["trade-id"] for row in group["data"]] for group in one["data"]] == [[1002, 1001]]
    assert [[row["trade-id"] for row in group["data"]] for group in many["data"]] == [[1002, 1001], [1000]]


async def test_rest_tells_time_symbols_and_errors(exchange: Exchange) -> None:
    """The small calls answer as documented; errors come with status 200."""
    async with aiohttp.ClientSession(f"{exchange.url}/htx/") as session:
        clock = await (await session.get("v1/common/timestamp")).json()
        symbols = await (await session.get("v2/settings/common/symbols")).json()
        wrong = await (await session.get("market/history/trade?symbol=nosuch")).json()
    assert clock["data"] > 1_700_000_000_000
    assert [(row["sc"], row["state"]) for row in symbols["data"]] == [("btcusdt", "online")]
    assert (wrong["status"], wrong["err-msg"]) == ("error", "invalid symbol")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("716", b"716.0"),
        ("9.2E-7", b"9.2E-7"),
        ("0.0001", b"1.0E-4"),
        ("0.001", b"0.001"),
        ("76000.10", b"76000.1"),
        ("12345678", b"1.2345678E7"),
        ("0", b"0.0"),
    ],
)
def test_numbers_are_printed_as_java_does(value: str, text: bytes) -> None:
    """Exponent form begins below a thousandth and at ten million."""
    assert bytes(number(Decimal(value))) == text
