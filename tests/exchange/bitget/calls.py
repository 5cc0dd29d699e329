"""BitGet's REST: who may call, how often, and what is answered. Live and demo share it, told apart by a header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from aiohttp import web

from tests.exchange.bitget import rest_v2, rest_v3
from tests.exchange.bitget.card import Kind
from tests.exchange.bitget.gate import Refusal, Visitor, judge_call
from tests.exchange.bitget.wire_v2 import ticker_row
from tests.exchange.dialect import to_milliseconds

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount
    from tests.exchange.bitget.desk import BitgetDesk

SIGNED = {"classic": rest_v2.CALLS, "unified": rest_v3.CALLS}


class Reply(NamedTuple):
    data: Any = None
    code: str = "00000"
    message: str = "success"
    status: int = 200
    retry_after: int | None = None


async def serve_call(desk: BitgetDesk, request: web.Request) -> web.Response:
    path = f"/{request.match_info['path']}"
    account = desk.find_key(request.headers.get("ACCESS-KEY", ""))
    reply = _reply(desk, account, request, path, (await request.read()).decode())
    if desk.faults.is_echoing and reply.code != "00000":
        sent = {name: value for name, value in request.headers.items() if name.startswith("ACCESS-")}
        reply = reply._replace(message=f"{reply.message}: {sent}")
    uid = "" if account is None else account.card.uid
    desk.note_call(uid, f"{path}?{request.query_string}".rstrip("?"), reply.status, reply.code)
    body = {
        "code": reply.code,
        "msg": reply.message,
        "requestTime": to_milliseconds(desk.now()),
        "data": reply.data,
    }
    headers = {} if reply.retry_after is None else {"Retry-After": str(reply.retry_after)}
    return web.Response(
        body=msgspec.json.encode(body), status=reply.status, headers=headers, content_type="application/json"
    )


def _reply(desk: BitgetDesk, account: DeskAccount | None, request: web.Request, path: str, body: str) -> Reply:
    if fault := desk.faults.take_answer(path):
        return Reply(None, fault.code, "fault", fault.status, fault.retry_after)
    address = request.remote or ""
    at = desk.clock().timestamp()
    if desk.limits.is_address_over(address, at):
        return Reply(None, "429", "Too Many Requests", 429)
    try:
        if (data := _public(desk, path, request.query)) is not None:
            return Reply(data)
        kind: Kind = "unified" if path.startswith("/api/v3/") else "classic"
        if path not in SIGNED[kind]:
            raise Refusal("40404", "Request URL NOT FOUND")
        visitor = Visitor(kind, "demo" if request.headers.get("paptrading") == "1" else "live", address)
        # What is signed is what was on the wire, without the venue's name that is put in front here.
        signed = f"{request.method}{request.raw_path.removeprefix('/bitget')}{body}"
        judge_call(None if account is None else account.card, request.headers, signed, visitor, desk.now())
    except Refusal as refusal:
        return Reply(None, refusal.code, refusal.message, 404 if refusal.code == "40404" else 400)
    assert account is not None
    return _signed(desk, account, kind, path, request.query, at)


def _signed(
    desk: BitgetDesk, account: DeskAccount, kind: Kind, path: str, query: Mapping[str, str], at: float
) -> Reply:
    """The call of somebody who may make it."""
    if desk.limits.is_account_over(account.card.uid, path, kind, at):
        return Reply(None, "429", "Too Many Requests", 429)
    is_lie, data = desk.faults.find_lie(path)
    try:
        return Reply(data if is_lie else SIGNED[kind][path](account, query))
    except Refusal as refusal:
        return Reply(None, refusal.code, refusal.message, 400)


def _public(desk: BitgetDesk, path: str, query: Mapping[str, str]) -> Any:
    """What is told without a signature; None where it is not public."""
    match path:
        case "/api/v2/public/time" | "/api/v3/public/time":
            return {"serverTime": str(to_milliseconds(desk.now()))}
        case "/api/v2/mix/market/ticker":
            symbol = query.get("symbol", "").upper()
            if symbol not in desk.marks:
                raise Refusal("40034", f"Parameter {symbol} does not exist")
            return [ticker_row(symbol, desk.marks[symbol], desk.now())]
    return None
