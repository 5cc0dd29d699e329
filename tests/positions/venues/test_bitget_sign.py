"""BitGet's signature, of the login and of a call over REST."""

import json
from datetime import UTC, datetime, timedelta

from positions.keys.credentials import Credentials
from positions.venues.bitget import DIALECTS
from positions.venues.bitget_rest import signed
from positions.venues.bitget_sign import signature
from positions.words import AccountKind, Environment

SECRET = "22582BD0CFF14C41EDBF1AB98506286D"
CREDENTIALS = Credentials("the key", SECRET, "the passphrase")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def test_signature_of_a_login_is_the_published_one() -> None:
    """B-04: the timestamp, GET and /user/verify."""
    assert signature(SECRET, "1538054050GET/user/verify") == "/4S0C3L8mGdm8894ulf8wfnQ6dqMXO8Iw95zlvMN8Zw="


def test_login_is_signed_with_whole_seconds() -> None:
    """B-03 B-04: in both worlds, whatever the fraction of the second."""
    for dialect in DIALECTS.values():
        frame = json.loads(dialect.login(CREDENTIALS, EPOCH + timedelta(seconds=1538054050, milliseconds=999)))
        assert frame == {
            "op": "login",
            "args": [
                {
                    "apiKey": "the key",
                    "passphrase": "the passphrase",
                    "timestamp": "1538054050",
                    "sign": "/4S0C3L8mGdm8894ulf8wfnQ6dqMXO8Iw95zlvMN8Zw=",
                }
            ],
        }


def test_call_is_signed_with_milliseconds_path_and_query() -> None:
    """M-01: exactly the text that goes on the wire."""
    call = DIALECTS[AccountKind.CLASSIC].rest.positions()
    assert call.path == "/api/v2/mix/position/all-position?productType=USDT-FUTURES&marginCoin=USDT"
    request = signed(call, CREDENTIALS, Environment.LIVE, EPOCH + timedelta(milliseconds=1659076670000))
    assert request.method == "GET"
    assert request.url == call.path
    assert dict(request.headers) == {
        "ACCESS-KEY": "the key",
        "ACCESS-SIGN": "Ikndl/D0FKrU49qOv0MsyZG+JW5aO4oSnTxXY2sfEbY=",
        "ACCESS-TIMESTAMP": "1659076670000",
        "ACCESS-PASSPHRASE": "the passphrase",
        "Content-Type": "application/json",
        "locale": "en-US",
    }


def test_call_of_a_demo_account_says_so() -> None:
    """The header is spelt so by the venue."""
    call = DIALECTS[AccountKind.CLASSIC].rest.balances()
    assert ("paptrading", "1") in signed(call, CREDENTIALS, Environment.DEMO, EPOCH).headers
