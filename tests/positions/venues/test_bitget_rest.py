"""What is asked of BitGet over REST, how pages end, and whether an answer is a yes."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from feeds.errors import BadFrame
from feeds.venues.rest import CallRefused
from positions.errors import AccountRefused, Failure
from positions.keys.credentials import Credentials
from positions.types import KeyInfo
from positions.venues.bitget import DIALECTS
from positions.venues.bitget_rest import AccountRest, Call, signed
from positions.words import AccountKind, Environment, OrderKind, OrderStatus

CLASSIC, UNIFIED = DIALECTS[AccountKind.CLASSIC].rest, DIALECTS[AccountKind.UNIFIED].rest
BOTH = pytest.mark.parametrize("rest", [CLASSIC, UNIFIED], ids=["classic", "unified"])
# What each world calls them.
RIGHTS = ("authorities", "permissions")
SINCE = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def body(data: Any, code: str = "00000") -> bytes:
    return json.dumps({"code": code, "msg": "success", "requestTime": 1, "data": data}).encode()


def asked(call: Call) -> tuple[str, dict[str, str]]:
    parts = urlsplit(call.path)
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}


def test_classic_calls_are_about_usdt_futures() -> None:
    """B-21: the counterparts of the first generation's calls."""
    futures = {"productType": "USDT-FUTURES"}
    paged = {**futures, "limit": "100"}
    assert asked(CLASSIC.positions()) == ("/api/v2/mix/position/all-position", {**futures, "marginCoin": "USDT"})
    assert asked(CLASSIC.orders("77")) == ("/api/v2/mix/order/orders-pending", {**paged, "idLessThan": "77"})
    assert asked(CLASSIC.balances()) == ("/api/v2/mix/account/accounts", futures)
    assert asked(CLASSIC.fills(SINCE)) == ("/api/v2/mix/order/fills", {**paged, "startTime": "1795176000000"})
    kinds = [asked(call)[1]["planType"] for call in CLASSIC.triggers()]
    assert kinds == ["normal_plan", "track_plan", "profit_loss"]


def test_unified_calls_are_about_usdt_futures() -> None:
    """B-21: the same of the other world."""
    futures = {"category": "USDT-FUTURES"}
    paged = {**futures, "limit": "100"}
    assert asked(UNIFIED.positions()) == ("/api/v3/position/current-position", futures)
    assert asked(UNIFIED.orders("77")) == ("/api/v3/trade/unfilled-orders", {**paged, "cursor": "77"})
    assert UNIFIED.balances().path == "/api/v3/account/assets"
    assert asked(UNIFIED.fills(SINCE, "5"))[1] == {**paged, "startTime": "1795176000000", "cursor": "5"}
    assert [asked(call)[1]["type"] for call in UNIFIED.triggers()] == ["tpsl", "trigger"]


@BOTH
def test_empty_answers_are_empty(rest: AccountRest) -> None:
    """No positions is all of them; a list may be null."""
    nothings: list[Any] = [[], None, {"list": None, "entrustedList": None, "fillList": None}]
    for nothing in nothings:
        assert rest.read_positions(body(nothing)).is_whole
        assert rest.read_positions(body(nothing)).positions == ()
        assert rest.read_orders(body(nothing)).content.orders == ()
        assert rest.read_fills(body(nothing)).content.fills == ()


@BOTH
@pytest.mark.parametrize("data", ["", ',"data":{}', ',"data":"ok"'])
def test_answer_without_its_rows_is_not_an_empty_one(rest: AccountRest, data: str) -> None:
    """B9: or an account would be flat by mistake."""
    for read in (rest.read_positions, rest.read_orders, rest.read_fills):
        with pytest.raises(BadFrame):
            read(f'{{"code":"00000"{data}}}'.encode())


@pytest.mark.parametrize(
    ("rest", "rows", "cursor", "row"),
    [
        (CLASSIC, "entrustedList", "endId", {"orderId": "1", "symbol": "x", "status": "live"}),
        (UNIFIED, "list", "cursor", {"orderId": "1", "symbol": "x", "orderStatus": "live"}),
    ],
    ids=["classic", "unified"],
)
def test_only_a_full_page_has_another_after_it(rest: AccountRest, rows: str, cursor: str, row: dict[str, str]) -> None:
    """The venue tells a cursor on the last page as well."""
    assert rest.read_orders(body({rows: [row] * 100, cursor: "1"})).after == "1"
    assert rest.read_orders(body({rows: [row] * 99, cursor: "1"})).after == ""
    assert rest.read_orders(body({rows: [row] * 100, cursor: None})).after == ""


def test_open_strategy_orders_are_live_although_they_do_not_say_so() -> None:
    """V-18: a take-profit and a stop-loss in one."""
    row = {"orderId": "9", "symbol": "BTCUSDT", "posSide": "long", "takeProfit": "110000", "stopLoss": "90000"}
    (order,) = UNIFIED.read_orders(body([row])).content.orders
    assert (order.status, order.kind) == (OrderStatus.LIVE, OrderKind.BRACKET)


@pytest.mark.parametrize(
    ("authorities", "rights"),
    [
        (["readonly"], {"read"}),
        (["coor", "cpor"], {"read"}),
        (["trade", "readonly"], {"read", "trade"}),
        (["coow", "cpor"], {"read", "trade"}),
        (["wtow"], {"read", "trade"}),
        (["cpor", "wwow"], {"read", "withdraw"}),
        (["unheard"], {"read", "trade"}),
    ],
)
def test_rights_of_a_classic_key(authorities: list[str], rights: set[str]) -> None:
    """B12: what we do not know may change something."""
    info = CLASSIC.read_key_info(body({"userId": "42", "ips": "", "authorities": authorities}))
    assert info == KeyInfo("42", frozenset(rights))


@pytest.mark.parametrize(
    ("kind", "permissions", "rights"),
    [
        ("read-only", ["uta_mgt", "uta_trade"], {"read"}),
        ("read_only", ["uta_trade"], {"read"}),
        ("read-and-write", ["uta_trade"], {"read", "trade"}),
        ("read-and-write", ["uta_trade", "withdraw"], {"read", "trade", "withdraw"}),
        (None, ["uta_mgt"], {"read", "trade"}),
        ("readonly", ["uta_trade", "withdraw"], {"read", "withdraw"}),
        ("readonly", ["uta_trade", "unheard"], {"read", "trade"}),
    ],
)
def test_rights_of_a_unified_key(kind: str | None, permissions: list[str], rights: set[str]) -> None:
    """B12: the same; one word says whether all of them are for reading only."""
    info = UNIFIED.read_key_info(body({"userId": 42, "permType": kind, "permissions": permissions}))
    assert info == KeyInfo("42", frozenset(rights))


@BOTH
@pytest.mark.parametrize("told", [{}, dict.fromkeys(RIGHTS), dict.fromkeys(RIGHTS, []), dict.fromkeys(RIGHTS, [""])])
def test_key_whose_rights_are_not_told_is_not_read_only(rest: AccountRest, told: dict[str, Any]) -> None:
    """B12: nobody knows what it may do, which a BadFrame says, and "not checked" after that."""
    with pytest.raises(BadFrame):
        rest.read_key_info(body({"userId": "42", "permType": "readonly"} | told))


@BOTH
@pytest.mark.parametrize("ips", ["203.0.113.7,203.0.113.8", "203.0.113.7, 203.0.113.8", ["203.0.113.7", "203.0.113.8"]])
def test_addresses_of_a_key_are_a_text_or_a_list(rest: AccountRest, ips: object) -> None:
    """B4: none at all is a key that works from everywhere."""
    told = {"userId": "1", **dict.fromkeys(RIGHTS, ["readonly"])}
    assert rest.read_key_info(body({**told, "ips": ips})).addresses == ("203.0.113.7", "203.0.113.8")
    assert rest.read_key_info(body({**told, "ips": None})).addresses == ()


@BOTH
def test_signed_call_prints_without_what_it_is_signed_with(rest: AccountRest) -> None:
    """S11: the page of an error inside the call would show it."""
    request = signed(rest.key_info(), Credentials("key", "secret", "passphrase"), Environment.LIVE, SINCE)
    assert repr(request) == f"<GET {rest.key_info().path}>"


@BOTH
def test_time_of_the_venue(rest: AccountRest) -> None:
    """B2: what our clock is held against."""
    assert rest.read_server_time(body({"serverTime": "1795176000000"})) == SINCE
    assert rest.server_time().path == "/api/v2/public/time"


@BOTH
def test_good_answer_passes(rest: AccountRest) -> None:
    """Its code is text or a number."""
    rest.check(200, body([]))
    rest.check(200, b'{"code":0,"data":null}')


@BOTH
@pytest.mark.parametrize(
    ("status", "answer", "retry_after", "failure", "wait_s"),
    [
        (200, b'{"code":"40085","msg":"unified"}', None, Failure.KIND, 0.0),
        (400, b'{"code":"40009","msg":"sign error"}', None, Failure.CREDENTIALS, 0.0),
        (400, b'{"code":40008,"msg":null}', None, Failure.CLOCK, 0.0),
        (429, b'{"code":"00000"}', 12.0, Failure.LIMIT, 12.0),
        (429, b"slow down", None, Failure.LIMIT, 60.0),
        (502, b"<html>", None, Failure.VENUE, 0.0),
        (503, b'{"code":"00000","data":[]}', 3.0, Failure.VENUE, 3.0),
        (301, b"", None, Failure.OTHER, 0.0),
    ],
)
def test_refusal_is_of_the_right_class(
    rest: AccountRest, status: int, answer: bytes, retry_after: float | None, failure: Failure, wait_s: float
) -> None:
    """B8: by the venue's code, or by the HTTP status where the answer is somebody else's."""
    with pytest.raises(AccountRefused) as caught:
        rest.check(status, answer, retry_after)
    assert (caught.value.failure, caught.value.wait_at_least) == (failure, wait_s)


@BOTH
@pytest.mark.parametrize(
    ("status", "retry_after", "wait_s"), [(403, 300.0, 300.0), (451, None, 600.0), (418, None, 120)]
)
def test_ban_of_our_address_is_no_fault_of_the_account(
    rest: AccountRest, status: int, retry_after: float | None, wait_s: float
) -> None:
    """B-24: all leave the venue alone, whoever says so; not where the venue gives a code of its own, even an unknown
    one: that is about the account.
    """
    for answer in (b"<html>", b"{}", b'{"code":"00000"}', b'{"code":%d}' % status, b'{"code":"AccessDenied"}'):
        with pytest.raises(CallRefused) as banned:
            rest.check(status, answer, retry_after)
        assert banned.value.cool_off == wait_s
    for answer in (b'{"code":"40018"}', b'{"code":"49999"}'):
        with pytest.raises(AccountRefused):
            rest.check(status, answer, retry_after)


@BOTH
@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"code":[]}'])
def test_answer_that_only_says_it_is_good_is_a_bad_frame(rest: AccountRest, answer: bytes) -> None:
    """E21: such as the page of a proxy."""
    with pytest.raises(BadFrame):
        rest.check(200, answer)
