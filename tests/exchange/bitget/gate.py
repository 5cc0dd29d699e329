"""Who is let in: logins and signed calls, judged as the venue judges them. Pure.

The signature is base64(HMAC-SHA256(secret, text)); of a login the text is timestamp + "GET" + "/user/verify" with
seconds, of a call timestamp + METHOD + path with query + body with milliseconds. Both are good for 30 s.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from tests.exchange.bitget.card import Environment, KeyCard, Kind

GOOD_FOR = 30.0
SECONDS = re.compile(r"[0-9]{10}")
MILLISECONDS = re.compile(r"[0-9]{13}")
WRONG_KIND: dict[Kind, tuple[str, str]] = {
    "unified": ("40085", "You are in Unified Account mode, and the Classic Account API is not supported"),
    "classic": ("40084", "You are in Classic Account mode, and the Unified Account API is not supported"),
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a login or a call comes in: at which API, in which environment, from which IP address."""

    kind: Kind  # that this API serves
    environment: Environment
    address: str


class Refusal(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def sign(secret: str, text: str) -> str:
    return b64encode(hmac.new(secret.encode(), text.encode(), sha256).digest()).decode()


def judge_login(card: KeyCard | None, arg: Mapping[str, object], visitor: Visitor, now: datetime) -> None:
    """Raises Refusal unless this login opens the account."""
    passphrase, stamp, given = (str(arg.get(name, "")) for name in ("passphrase", "timestamp", "sign"))
    if card is None or not card.is_valid(now) or card.environment != visitor.environment:
        raise Refusal("30011", "Invalid ACCESS_KEY")
    if passphrase != card.passphrase:
        raise Refusal("30012", "Invalid ACCESS_PASSPHRASE")
    if not SECONDS.fullmatch(stamp):
        raise Refusal("30013", "Invalid ACCESS_TIMESTAMP")
    if abs(now.timestamp() - int(stamp)) > GOOD_FOR:
        raise Refusal("30014", "Request timestamp expired")
    if not hmac.compare_digest(given, sign(card.secret, f"{stamp}GET/user/verify")):
        raise Refusal("30015", "Invalid sign")
    _judge_rights(card, visitor)


def judge_call(card: KeyCard | None, headers: Mapping[str, str], request: str, visitor: Visitor, now: datetime) -> None:
    """The same of a call; `request` is its method, path with query, and body."""
    for name, code in (("KEY", "40001"), ("SIGN", "40002"), ("TIMESTAMP", "40005"), ("PASSPHRASE", "40011")):
        if not headers.get(f"ACCESS-{name}"):
            raise Refusal(code, f'The request header "ACCESS_{name}" cannot be empty')
    stamp = headers["ACCESS-TIMESTAMP"]
    if not MILLISECONDS.fullmatch(stamp):
        raise Refusal("40005", "Invalid ACCESS_TIMESTAMP")
    if abs(now.timestamp() - int(stamp) / 1000) > GOOD_FOR:
        raise Refusal("40008", "Request timestamp expired")
    if card is None:
        raise Refusal("40037", "Apikey does not exist")
    if not card.is_valid(now):
        raise Refusal("40006", "Invalid ACCESS_KEY")
    if headers["ACCESS-PASSPHRASE"] != card.passphrase:
        raise Refusal("40012", "apikey/password is incorrect")
    if not hmac.compare_digest(headers["ACCESS-SIGN"], sign(card.secret, stamp + request)):
        raise Refusal("40009", "sign signature error")
    if card.environment != visitor.environment:
        raise Refusal("40099", "exchange environment is incorrect")
    _judge_rights(card, visitor)


def _judge_rights(card: KeyCard, visitor: Visitor) -> None:
    if card.addresses and visitor.address not in card.addresses:
        raise Refusal("40018", "Invalid IP")
    if "read" not in card.rights:
        raise Refusal("40014", "Incorrect permissions")
    if card.kind != visitor.kind:
        raise Refusal(*WRONG_KIND[card.kind])
