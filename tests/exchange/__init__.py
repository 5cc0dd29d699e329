"""The replay exchange: a local server that speaks the venues' wire protocols, for tests and for `make demo`.

A venue's real address becomes a path here: `wss://host/path?query` is `ws://127.0.0.1:PORT/<venue>/path?query`,
and `https://host/path` is `http://127.0.0.1:PORT/<venue>/path`. Start it in a test

    async with Exchange(market=RandomMarket(seed=7, rate=8)) as exchange:
        exchange.url, exchange.ledger, exchange.connections, exchange.faults.set("binance", "mute")

or by hand: `python -m tests.exchange --port 8999`. While it runs:

    GET    /control                     the state of everything, as JSON
    POST   /control/faults              {"venue": "binance" or "*", "fault": "mute", "seconds": 5}
    DELETE /control/faults[?venue=...]  everything is well again
    POST   /control/trades              {"venue": "htx", "instrument": "BTC-USDT", "price": "50000"} trades now
    POST   /control/frames              {"venue": "htx", "frame": "..."} goes to every open connection
    GET    /control/ledger[?since=N]    the trades that were sent, one JSON object a line, from number N+1
    GET    /control/frames[?since=N]    the same for the frames of recordings
    GET    /control/connections         open and past connections
    GET    /control/attempts            every connection and REST call that was tried, refused ones too

BitGet's private accounts are in `bitget/`, whose `__init__.py` says how to use them; `--bitget-demo` opens one that
trades by itself.

`faults.py` lists the faults and their options. Each venue has its published limits (`Limits` in `dialect.py`), also
of connections tried, and its door counts who broke which; a test hands in shorter ones, the command line has
`--limit kraken.connects=5`. KuCoin's clients first POST for a token: its answer names this exchange as the place to
go to.

To add a venue: one module in `dialects/` with a `Dialect` and a `Conversation`, one line in
`dialects/__init__.py`, one test module in `tests/test_exchange/`.
"""

import os

if os.environ.get("OMEGA_MODE") == "live":
    raise ImportError("the replay exchange makes up prices, so it refuses to load where OMEGA_MODE is 'live'.")
