"""Frames for where the recordings are absent: a seeded random walk in the venues' documented shapes."""

import gzip
import random
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.bench.worker import Frame

FRAMES = 1000
FIRST_MS = 1_700_000_000_000
SHAPES = {
    ("binance", "trades"): (
        '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":%(at)d,"s":"BTCUSDT","a":%(id)d,"p":"%(price).8f",'
        '"q":"%(size).8f","f":%(id)d,"l":%(id)d,"T":%(at)d,"m":%(is_sale)s,"M":true}}'
    ),
    ("binance", "quotes"): (
        '{"stream":"btcusdt@bookTicker","data":{"u":%(id)d,"s":"BTCUSDT","b":"%(price).8f","B":"%(size).8f",'
        '"a":"%(ask).8f","A":"%(size).8f"}}'
    ),
    ("kucoin", "trades"): (
        '{"type":"message","topic":"/market/match:BTC-USDT","subject":"trade.l3match","data":{"makerOrderId":'
        '"64701fc4cf38ee00011cb828","price":"%(price).1f","sequence":"%(id)d","side":"%(side)s","size":"%(size).8f",'
        '"symbol":"BTC-USDT","takerOrderId":"64701fe099e59e000181ee26","time":"%(at)d000000","tradeId":"%(id)d",'
        '"type":"match"}}'
    ),
    ("bybit", "trades"): (
        '{"topic":"publicTrade.BTCUSDT","ts":%(at)d,"type":"snapshot","data":[{"i":"%(id)d","T":%(at)d,'
        '"p":"%(price).1f","v":"%(size).6f","S":"%(Side)s","s":"BTCUSDT","BT":false,"RPI":false,"seq":%(id)d}]}'
    ),
    ("okx", "trades"): (
        '{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"%(id)d",'
        '"px":"%(price).1f","sz":"%(size).8f","side":"%(side)s","ts":"%(at)d","count":"1","source":"0","seqId":%(id)d}]}'
    ),
    ("htx", "trades"): (
        '{"ch":"market.btcusdt.trade.detail","ts":%(at)d,"tick":{"id":%(id)d,"ts":%(at)d,"data":[{"id":%(id)d0000000000,'
        '"ts":%(at)d,"tradeId":%(id)d,"amount":%(size).6f,"price":%(price).2f,"direction":"%(side)s"}]}}'
    ),
    ("kraken", "trades"): (
        '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USDT","side":"%(side)s","price":%(price).1f,'
        '"qty":%(size).8f,"ord_type":"limit","trade_id":%(id)d,"timestamp":"%(time)s"}]}'
    ),
    ("gateio", "trades"): (
        '{"time":1700000000,"time_ms":%(at)d,"channel":"spot.trades","event":"update","result":{"id":%(id)d,'
        '"id_market":%(id)d,"create_time":1700000000,"create_time_ms":"%(at)d.4578","side":"%(side)s",'
        '"currency_pair":"BTC_USDT","amount":"%(size).10f","price":"%(price).10f","range":"%(id)d-%(id)d"}}'
    ),
}


def generate(venue: str, kind: str) -> list[Frame]:
    texts = [SHAPES[venue, kind] % values for values in _walk()]
    return [gzip.compress(text.encode()) for text in texts] if venue == "htx" else list(texts)


def _walk() -> Iterator[dict[str, object]]:
    chance = random.Random(20_260)
    price = 60_000.0
    for number in range(FRAMES):
        price = round(price + chance.uniform(-5, 5), 1)
        at, side = FIRST_MS + 40 * number, chance.choice(("buy", "sell"))
        yield {
            "id": 665_000_000 + number,
            "at": at,
            "time": datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "price": price,
            "ask": price + 0.1,
            "size": round(chance.uniform(0.0001, 2), 6),
            "side": side,
            "Side": side.capitalize(),
            "is_sale": "true" if side == "sell" else "false",
        }
