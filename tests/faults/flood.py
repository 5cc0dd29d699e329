"""A Binance that sends trades at an even rate, by itself in a process: a program that no feed slows down.

It prints its port; and once somebody has subscribed and everything is sent, how many seconds that took.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from websockets.frames import Frame, Opcode
from websockets.sync.server import ServerConnection, serve

# Trades go out in bursts, as they do where a market moves: a hundred times a second.
BURST_EVERY_S: Final = 0.01
FIRST_ID: Final = 1_000_000
QUOTE_EVERY_S: Final = 0.2
QUOTE: Final = (
    '{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"76000.00","B":"1.0","a":"76000.10","A":"1.0"}}'
)


def main(rate: int, seconds: int) -> None:
    def flood(connection: ServerConnection) -> None:
        request = json.loads(connection.recv())
        connection.send(json.dumps({"result": None, "id": request["id"]}))
        with suppress(OSError):
            _say(_send(connection, rate, seconds))
            while True:
                # A quote now and then, or the client would take it for dead.
                time.sleep(QUOTE_EVERY_S)
                connection.socket.sendall(_frame(QUOTE))

    with serve(flood, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        _say(server.socket.getsockname()[1])
        server.serve_forever()


def _send(connection: ServerConnection, rate: int, seconds: int) -> float:
    """Past the library: its send() costs more than there is time for."""
    burst = round(rate * BURST_EVERY_S)
    ids = iter(range(FIRST_ID, FIRST_ID + rate * seconds))
    began = time.monotonic()
    for number in range(rate * seconds // burst):
        time.sleep(max(0.0, began + number * BURST_EVERY_S - time.monotonic()))
        connection.socket.sendall(b"".join(_trades(ids, burst)))
    return time.monotonic() - began


def _trades(ids: Iterator[int], count: int) -> Iterator[bytes]:
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    for _ in range(count):
        number = next(ids)
        trade = (
            f'{{"stream":"btcusdt@trade","data":{{"e":"trade","E":{now_ms},"s":"BTCUSDT","t":{number},'
            f'"p":"{76_000 + number % 50}.{number % 100:02}","q":"0.00{1 + number % 9}","T":{now_ms},'
            f'"m":{"true" if number % 2 else "false"},"M":true}}}}'
        )
        yield _frame(trade)


def _frame(text: str) -> bytes:
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def _say(value: float) -> None:
    sys.stdout.write(f"{value}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
