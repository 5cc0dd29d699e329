"""A real message of each type that the server says, made by what makes it on the site."""

from datetime import timedelta
from decimal import Decimal

from msgspec import Raw, json

from dashboard.accounts.board import AccountBoard
from dashboard.accounts.messages import AccountUptime
from dashboard.feed import telling
from dashboard.feed.alerts import Bulletin
from dashboard.feed.board import Board
from dashboard.feed.messages import Coverage, Leads, Price
from dashboard.feed.parts import CoverageLine, Covered, Lead, UptimeLine
from dashboard.protocol import answers
from dashboard.protocol.commands import Place, Wish
from dashboard.protocol.message import Message, encoded
from dashboard.protocol.topics import Topic
from dashboard.publication import Published
from dashboard.system.messages import Log, Redis, RedisLine, Warned
from feeds.market.lately import Lately
from feeds.market.latency import Percentiles
from feeds.queries import FeedView, InstrumentView, Range, VenueRow
from tests.dashboard.accounts.test_board import STORED, raw
from tests.dashboard.samples import NOON, feed_state, price_state, trade

FEED = FeedView(
    name="main",
    title="Main feed",
    instruments=[InstrumentView("BTC-USDT", "BTC", "USDT")],
    venues=[VenueRow("binance", "Binance", 1, True), VenueRow("htx", "HTX", 2, False)],
)
WISH = Wish(topic=Topic.TRADES, instrument="BTC-USDT", after=Place(epoch="7d1a", offset=17))
OF_CONNECTION = [
    answers.Hello(now=NOON, client="c-1", user="ada", resume="signed"),
    answers.Resumed(client="c-1", messages=3, errors=0, id=1),
    answers.Renewal(resume="signed"),
    answers.Subscribed(topics=[answers.Taken(WISH, recovered=True), answers.Taken(Wish(Topic.DEBUG), [1, 2])], id=2),
    answers.Unsubscribed(topics=[WISH], id=3),
    answers.Accepted(topic="ada/signals", id=4),
    answers.Pong(id=5),
    answers.Offset(topic=Topic.TRADES, feed="main", about="BTC-USDT", epoch="7d1a", offset=18),
    answers.Changed(dashboard=3, revision=12),
    answers.Rights(),
    answers.Error(code=4404, text="There is no feed 'x'."),
    answers.Tick(now=NOON),
]


def of_feed() -> list[Message]:
    """What a client is told that joins."""
    board, bulletin = Board(FEED), Bulletin()
    board.take_trades([("1-0", trade(1, "64000.00"))])
    board.take_states(feed_state(NOON), [price_state(trade(1, "64000.00"), NOON)])
    board.take_uptime([UptimeLine("Main feed", "100 %", "99.99 %", "99.9 %", "4 min 19 s")])
    board.take_latency({"handed": Percentiles(1.0, 2.0, 3.0)})
    covered = [Covered(share=0.998, missing_s=7, open=1), Covered()]
    board.take_past(
        Leads(since_at=NOON, until_at=NOON, leads=[Lead("binance", NOON, NOON)]),
        Coverage(hours=[NOON, NOON], days=[NOON], lines=[CoverageLine("binance", "Binance", covered, covered)]),
    )
    bulletin.take(board.following, board.health, NOON)
    return [*board.whole(NOON), *of_market(board.prices["BTC-USDT"]), bulletin.snapshot()]


def of_market(price: Price) -> list[Message]:
    """Five seconds in which takers only bought."""
    lately = Lately()
    for second in range(5):
        lately.add(trade(3 * second + 1, "64000.00", NOON + timedelta(seconds=second)))
    day = Range(NOON, Decimal("64000.00"), Decimal("63000.00"), Decimal("65000.00"))
    return telling.everything(lately, price, day, "BTC-USDT", NOON + timedelta(seconds=7))


def of_account() -> list[Message]:
    board = AccountBoard(STORED, NOON)
    board.take_states(raw(), NOON)
    return [*board.whole(), AccountUptime(account=1, line=UptimeLine("", "100 %", "100 %", "100 %", "4 min"))]


def of_system() -> list[Message]:
    line = RedisLine("primary", "up", is_active=True, latency_ms=0.3, memory=1, operations=9, failures=0, waiting=0)
    warned = Warned(NOON, "WARNING", "worker 7", "feeds.storage.pair", "the log goes to the failover redis now")
    return [Redis(servers=[line], validated_per_s=3.5), Log(lines=[warned])]


def frame() -> str:
    """One with everything."""
    published = Published(topic="ada/signals", at=NOON, data=Raw(json.encode({"side": "buy", "at": [1, None]})))
    return f"[{','.join(map(encoded, [*OF_CONNECTION, *of_feed(), *of_account(), *of_system(), published]))}]"
