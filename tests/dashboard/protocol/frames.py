"""A real message of each type that the server says, made by what makes it on the site."""

from msgspec import Raw, json

from dashboard.accounts.board import AccountBoard
from dashboard.feed.alerts import Bulletin
from dashboard.feed.board import Board
from dashboard.feed.parts import UptimeLine
from dashboard.protocol import answers
from dashboard.protocol.commands import Place, Wish
from dashboard.protocol.message import Message, encoded
from dashboard.protocol.topics import Topic
from dashboard.publication import Published
from feeds.market.latency import Percentiles
from feeds.queries import FeedView, InstrumentView, VenueRow
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
    bulletin.take(board.following, board.health, NOON)
    return [*board.whole(NOON), bulletin.snapshot()]


def of_account() -> list[Message]:
    board = AccountBoard(STORED, NOON)
    board.take_states(raw(), NOON)
    return [*board.whole()]


def frame() -> str:
    """One with everything."""
    published = Published(topic="ada/signals", at=NOON, data=Raw(json.encode({"side": "buy", "at": [1, None]})))
    return f"[{','.join(map(encoded, [*OF_CONNECTION, *of_feed(), *of_account(), published]))}]"
