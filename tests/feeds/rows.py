"""One row of everything that workers write of market data."""

from datetime import timedelta

from feeds.models import Alert, Candle, DeadLetter, FailoverEvent, Gap, Inbox, Lease, Quote, Trade, UptimeMinute
from feeds.storage import snapshots
from tests.feeds.samples import NOON


def make_rows() -> None:
    make_quote()
    Trade.objects.create(
        venue_id="binance",
        instrument_id="BTC-USDT",
        trade_id="1",
        price="123456.123456789012",
        size="0.00100000",
        side="buy",
        traded_at=NOON,
        received_at=NOON,
    )
    snapshots.transition("venue:main:binance", "connected", "", NOON).save()
    FailoverEvent.objects.create(
        feed_id="main",
        from_venue_id="binance",
        to_venue_id="htx",
        started_at=NOON,
        finished_at=NOON,
        last_price_age=3.1,
        evidence={
            "binance": {
                "state": "connected",
                "data_age": 3.04,
                "circuit": "closed",
                "attempts": 1,
                "reason": "silent",
                "said": "76000.10",
            },
            "okx": {"state": "idle", "data_age": None, "circuit": "open", "attempts": 7, "reason": ""},
        },
    )
    Candle.objects.create(
        venue_id="htx",
        instrument_id="BTC-USDT",
        start_at=NOON,
        open="76000.10",
        high="76000.10",
        low="0.000001",
        close="0.000001",
    )
    Gap.objects.create(
        venue_id="htx",
        instrument_id="BTC-USDT",
        after_id="1",
        after_at=NOON,
        before_at=NOON + timedelta(seconds=4),
        reason="silent: no market data for 3 s",
        note="the venue has them no more",
        noticed_at=NOON,
    )
    Alert.objects.create(feed_id="main", kind="blind", text="No venue delivers", raised_at=NOON)
    UptimeMinute.objects.create(subject="redis", minute_at=NOON, known=60, good=60)
    Lease.objects.create(resource="drain")
    Inbox.objects.create(server="primary")
    DeadLetter.objects.create(server="primary", entry_id="1-0", content="{", reason="json", set_aside_at=NOON)


def make_quote() -> None:
    book = {"bid": "123456.123456789011", "bid_size": "0.10", "ask": "123456.123456789012", "ask_size": "0.20"}
    Quote.objects.create(venue_id="binance", instrument_id="BTC-USDT", **book, received_at=NOON, second_at=NOON)
