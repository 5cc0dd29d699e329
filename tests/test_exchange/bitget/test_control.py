"""BitGet's accounts by the control API."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.exchange.server import Exchange


async def order(exchange: Exchange, path: str, status: int = 200, **body: object) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{exchange.url}/control/bitget/{path}", json=body) as answer,
    ):
        assert answer.status == status
        return await answer.json()


async def show(exchange: Exchange) -> tuple[Any, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{exchange.url}/control/bitget") as answer:
        return await answer.json(), await answer.text()


async def test_account_lives_by_orders_over_http(exchange: Exchange) -> None:
    """What a test with processes of its own needs; no secret comes out again."""
    await order(exchange, "accounts", key="k-canary", secret="s-canary", passphrase="p-canary", uid="5")
    await order(exchange, "accounts/5", do="open", symbol="BTCUSDT", side="long", size="1", price="50000")
    await order(exchange, "accounts/5", do="protect", symbol="BTCUSDT", side="long", stop_loss="45000")
    made = await order(exchange, "accounts/5", do="order", symbol="BTCUSDT", side="long", size="1", price="40000")
    await order(exchange, "accounts/5", do="mark", symbol="BTCUSDT", price="50500")
    state, text = await show(exchange)
    (account,) = state["accounts"]
    assert [(held["symbol"], held["size"]) for held in account["positions"]] == [("BTCUSDT", "1")]
    assert [each["order_id"] for each in account["orders"]] == [made["result"]]
    assert [each["trigger_price"] for each in account["trigger_orders"]] == ["45000"]
    assert state["marks"]["BTCUSDT"] == "50500"
    assert "canary" not in text
    await order(exchange, "accounts/5", do="close", symbol="BTCUSDT", side="long", push=False)
    await order(exchange, "accounts/5", do="revoke")
    (account,) = (await show(exchange))[0]["accounts"]
    assert (account["positions"], account["trigger_orders"], account["is_revoked"]) == ([], [], True)


async def test_faults_are_set_over_http(exchange: Exchange) -> None:
    """All at once; what is not named is well."""
    await order(exchange, "faults", clock_offset=-60, answers={"all-position": {"code": "429", "status": 429}})
    assert (exchange.bitget.faults.clock_offset, exchange.bitget.faults.answers["all-position"].status) == (-60, 429)
    async with aiohttp.ClientSession() as session:
        await session.delete(f"{exchange.url}/control/bitget/faults")
    assert exchange.bitget.faults.answers == {}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("accounts/none", {"do": "revoke"}),
        ("accounts/5", {"do": "dance"}),
        ("accounts/5", {"do": "close", "symbol": "BTCUSDT", "side": "long"}),
        ("accounts/5", {"do": "cancel", "order_id": "1"}),
        ("faults", {"no_such_fault": 1}),
        ("accounts", {"key": "alone"}),
    ],
)
async def test_senseless_order_is_answered_with_400(exchange: Exchange, path: str, body: dict[str, object]) -> None:
    """With its sentence."""
    exchange.bitget.open_account("key", "secret", "words", uid="5")
    assert (await order(exchange, path, 400, **body))["error"]
