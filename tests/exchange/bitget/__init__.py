"""BitGet on the replay exchange: private accounts, beside the public dialects of the other venues.

    exchange.bitget                                   the desk
    account = exchange.bitget.open_account("key", "secret", "passphrase", kind="classic", environment="live")
    account.open("BTCUSDT", "long", "0.01", "50000")  a market order that fills: order, fill and position are pushed
    account.close("BTCUSDT", "long", push=False)      the same, and no socket hears of it
    account.order(...), .fill(...), .cancel(...), .protect(...), .trigger(...), .balance(...), .revoke(), ...
    account.card                                      its key, which a test may change: uid, rights, addresses, kind
    exchange.bitget.mark("BTCUSDT", "50100")          the mark price; public tickers tell it
    exchange.bitget.faults                            what is wrong with private accounts: faults.py
    exchange.bitget.logins, .calls                    what clients tried, and what they were told

`wss://ws.bitget.com/v2/ws/private` is `/bitget/v2/ws/private` here, `wss://wspap.bitget.com/...` is `/bitget-demo/...`,
and `https://api.bitget.com/api/...` is `/bitget/api/...` for both. The faults of every venue (`hang_up`, `mute`,
`swallow_pongs`, `refuse`, `refuse_rest`, ...) work for the venues `bitget` and `bitget-demo` too.

Another process says the same over HTTP; a secret goes in and never comes out:

    GET    /control/bitget                    accounts, logins, calls, faults
    POST   /control/bitget/accounts           {"key": ..., "secret": ..., "passphrase": ..., "uid": "1001", ...}
    POST   /control/bitget/accounts/1001      {"do": "open", "symbol": "BTCUSDT", "side": "long", "size": "1", ...}
    POST   /control/bitget/faults             {"clock_offset": -60, ...}: these, and none that was set before
    DELETE /control/bitget/faults

Nothing here knows the product's own code: both sides were written from the venue's documentation alone.
"""
