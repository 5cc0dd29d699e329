"""What is printed for people."""

from datetime import UTC, datetime

import msgspec

from dashboard.listening.words import lines
from dashboard.protocol import told
from dashboard.protocol.message import Message, encoded
from dashboard.publication import Published
from tests.dashboard.protocol import frames

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def printed(*messages: Message) -> list[str]:
    parts = told.read(f"[{','.join(map(encoded, messages))}]")
    return [line for part in parts for line in lines(part)]


def test_a_feed_is_told_in_lines_with_their_time() -> None:
    """Price, trade, candle, alert: one line each, with when it was and what it is about."""
    lines = printed(*frames.of_feed())
    assert [line for line in lines if not line.startswith("{")] == [
        "12:00:00.000  feed     Main feed  BTC-USDT",
        "12:00:00.000  price    BTC-USDT  64000.00    binance  bid 63999.99  ask 64000.01",
        "12:00:00.000  trade    BTC-USDT  buy  0.01200 at 64000.00  binance",
        "12:00:00.000  candle   BTC-USDT  64000.00 64000.00 64000.00 64000.00  volume 0.01200",
        "11:59:22.000  switch   HTX → Binance: HTX went silent for 3 s",
    ]


def test_what_has_no_words_is_printed_as_it_came() -> None:
    """Nothing is left out: tables and accounts are JSON, in one line."""
    lines = printed(*frames.of_account())
    assert [msgspec.json.decode(line)["type"] for line in lines] == [
        "account",
        "position",
        "orders",
        "changes",
        "pnl",
        "debug",
        "account_uptime",
    ]


def test_a_terminal_is_told_no_commands() -> None:
    """S15: whoever may publish writes into the terminals of others, but text only."""
    data = msgspec.Raw(b'{"text":"\xc2\x9b2J\xe2\x80\xae"}')
    assert printed(Published(topic="ada/\x1b[2J", at=NOON, data=data)) == [
        r'12:00:00.000  said     ada/\x1b[2J  {"text":"\x9b2J\u202e"}'
    ]
