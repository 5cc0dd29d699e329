"""The demo's account at BitGet."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.clock import ManualClock
from tests.exchange.bitget.demo import KEY, PASSPHRASE, SECRET, SIZE, STEPS_A_TRADE, UID, Demo
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.market import LISTINGS, Quote, RandomMarket, Tape
from tests.exchange.server import Exchange
from tests.waiting import wait_until


@pytest.fixture
def tape(clock: ManualClock) -> Tape:
    return RandomMarket(rate=0).open("binance", "BTCUSDT", LISTINGS["BTC-USDT"], clock.now())


def make_demo(tape: Tape, clock: ManualClock) -> Demo:
    return Demo(BitgetDesk(lambda: [], clock.now), tape, seed=7)


async def test_demo_account_is_there_when_asked_for() -> None:
    """D-04: of the demo environment, with a position, a take-profit, a stop-loss and a resting order."""
    async with Exchange(market=RandomMarket(rate=0), has_demo_account=True) as exchange:
        account = exchange.bitget.find_key(KEY)
        assert account
        assert (account.card.secret, account.card.passphrase, account.card.uid) == (SECRET, PASSPHRASE, UID)
        await wait_until(lambda: account.open_orders)
        (held,) = account.holdings
        assert (account.card.environment, held.symbol, held.side, held.size) == ("demo", "BTCUSDT", "long", SIZE)
        assert [plan.plan_type for plan in account.open_plans] == ["ptp", "psl"]
    async with Exchange(market=RandomMarket(rate=0)) as exchange:
        assert exchange.bitget.find_key(KEY) is None


def test_demo_trades_alike_for_one_seed(tape: Tape, clock: ManualClock) -> None:
    """Adds to the position and takes from it in turn; fees are paid from the wallet."""
    first, second = make_demo(tape, clock), make_demo(tape, clock)
    for _ in range(2 * STEPS_A_TRADE + 1):
        first.step()
        second.step()
    traded = [(each.action, each.size) for each in first.account.executions]
    assert [action for action, _ in traded] == ["open", "open", "close"]
    assert traded == [(each.action, each.size) for each in second.account.executions]
    assert first.account.holdings[0].size == SIZE
    assert first.account.equity < Decimal(10_000)


def test_demo_begins_again_after_its_stop_loss(tape: Tape, clock: ManualClock) -> None:
    """The trigger order is executed and all else cancelled; the next step opens anew."""
    demo = make_demo(tape, clock)
    demo.step()
    profit, loss = demo.account.open_plans
    price, one = loss.trigger_price, Decimal(1)
    tape.quote = Quote("binance", "BTCUSDT", 1, price, one, price, one, clock.now())
    demo.step()
    assert (profit.status, loss.status) == ("cancelled", "executed")
    assert (demo.account.holdings, demo.account.open_orders) == ([], [])
    demo.step()
    assert demo.account.holdings[0].entry_price == price
