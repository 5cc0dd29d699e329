"""What BitGet's error codes mean: of which class each is, and a sentence for people in our own words.

The sockets use 30xxx, REST the others; an answer without a code has its HTTP status. The venue's own text is never
repeated: it may hold what we sent.
"""

import re
from typing import Final

from feeds.texts import gettext_noop as noop
from positions.errors import AccountRefused, Failure

_is_code: Final = re.compile(r"[0-9]{1,6}").fullmatch
_is_venues: Final = re.compile(r"[0-9]{5}").fullmatch
OK: Final = frozenset({"", "0", "00000"})
# A clock that is off by more than 30 s can be behind these, although they do not say so.
MAY_BE_CLOCK: Final = frozenset({"30005", "30015", "40009"})
# Too many logins or messages over sockets, which are counted by address.
SOCKET_LIMITS: Final = frozenset({"30006", "30007"})
# Seconds to leave the venue alone where it does not say how long.
_LIMIT_WAIT_S: Final = 60.0

_SIGNATURE: Final = (Failure.CREDENTIALS, noop("signature refused: check secret, passphrase, clock"))
_KEY: Final = (
    Failure.CREDENTIALS,
    noop("API key refused: it is wrong, was deleted, or belongs to another environment"),
)
_PASSPHRASE: Final = (Failure.CREDENTIALS, noop("passphrase refused"))
_HEADERS: Final = (Failure.CREDENTIALS, noop("credentials are incomplete: key, secret and passphrase are needed"))
_CLOCK: Final = (Failure.CLOCK, noop("our clock is more than 30 s off the venue's"))
_ADDRESS: Final = (Failure.ADDRESS, noop("our IP address is not on the key's list"))
_PERMISSION: Final = (Failure.PERMISSION, noop("the key may not read this: give it the right to read futures"))
_RESTRICTED: Final = (Failure.PERMISSION, noop("the venue has restricted this account or its use of the API"))
_LIMIT: Final = (Failure.LIMIT, noop("too many requests: the venue asks us to slow down"))
_VENUE: Final = (Failure.VENUE, noop("the venue has trouble, or is being updated"))
_REQUEST: Final = (Failure.REQUEST, noop("the venue does not understand what we asked"))

_CODES: Final[dict[str, tuple[Failure, str]]] = {
    "30005": (Failure.CREDENTIALS, noop("login refused: check key, secret, passphrase, clock")),
    "40012": (Failure.CREDENTIALS, noop("key or passphrase refused")),
    **dict.fromkeys(("30015", "40009"), _SIGNATURE),
    **dict.fromkeys(("30011", "40006", "40037", "40041"), _KEY),
    **dict.fromkeys(("30012", "40036"), _PASSPHRASE),
    **dict.fromkeys(("40001", "40002", "40003", "40011"), _HEADERS),
    **dict.fromkeys(("30013", "30014", "40005", "40008"), _CLOCK),
    **dict.fromkeys(("22010", "40018", "40038"), _ADDRESS),
    **dict.fromkeys(("40014", "40025", "40301"), _PERMISSION),
    **dict.fromkeys(("40013", "40022", "40023", "40026", "40068"), _RESTRICTED),
    "40084": (Failure.KIND, noop("this is a classic account")),
    "40085": (Failure.KIND, noop("this is a unified account")),
    "25245": (Failure.KIND, noop("the account is not in unified mode")),
    "40099": (Failure.CONFIGURATION, noop("the key is not of this environment: demo trading needs a demo key")),
    "49000": (Failure.IDENTITY, noop("the key belongs to another account")),
    **dict.fromkeys(("30006", "30007", "429"), _LIMIT),
    **dict.fromkeys(("40010", "40015", "40725", "40808", "45001", "500", "502", "503", "504"), _VENUE),
    **dict.fromkeys(("30001", "30002", "30003", "30004", "30016"), _REQUEST),
    **dict.fromkeys(("40017", "40020", "40034", "40404"), _REQUEST),
}


def is_of_venue(code: str) -> bool:
    """One of its own, known or not, and no HTTP status or word of somebody between us."""
    return _is_venues(code) is not None


def refusal(code: str, retry_after: float | None = None) -> AccountRefused:
    """The error to raise for this code; `retry_after` in seconds where the venue told them."""
    code = code if _is_code(code) else ""
    unknown = f"the venue refused with {f'the code {code}, which we do not know' if code else 'no code'}"
    failure, sentence = _CODES.get(code, (Failure.OTHER, unknown))
    wait = retry_after if retry_after is not None else _LIMIT_WAIT_S if failure is Failure.LIMIT else 0.0
    return AccountRefused(failure, code, sentence, wait)
