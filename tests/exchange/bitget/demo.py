"""The demo's account: a long position on the random market's price, with a take-profit and a stop-loss.

Its key is published here, opens nothing but a replay exchange, and is the same at every start.
"""

from __future__ import annotations

import asyncio
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import TYPE_CHECKING

from tests.exchange.bitget.card import KeyCard
from tests.exchange.bitget.state import Action, PlanOrder
from tests.exchange.market import Tape

if TYPE_CHECKING:
    from tests.exchange.bitget.desk import BitgetDesk

KEY = "bg_omega_demo"
SECRET = "omega-demo-secret-of-the-replay-exchange"
PASSPHRASE = "omega demo"
UID = "7000000001"

TICK = Decimal("0.1")
GRAIN = Decimal("1E-8")
SIZE = Decimal("0.05")
DEPOSIT = Decimal(10_000)
STEP_S = 0.5
STEPS_A_TRADE = 40  # twenty seconds


class Demo:
    """Adds to the position and takes from it in turn; where a trigger order's price is reached, it begins again."""

    def __init__(self, desk: BitgetDesk, tape: Tape, seed: int) -> None:
        self.symbol, self._tape = tape.symbol, tape
        self._random = Random(f"{seed} demo account")
        self.account = desk.add(KeyCard(KEY, SECRET, PASSPHRASE, environment="demo", uid=UID))
        self._steps = 0
        self._is_larger = False

    async def run(self) -> None:
        while True:
            self.step()
            await asyncio.sleep(STEP_S)

    def step(self) -> None:
        quote = self._tape.quote
        mark = quote.bid if quote else self._tape.listing.start
        self.account.mark(self.symbol, mark)
        if not self.account.holdings:
            self._begin(mark)
        elif reached := next((plan for plan in self.account.open_plans if plan.is_reached(mark)), None):
            self._finish(reached)
        elif self._steps % STEPS_A_TRADE == 0:
            self._trade(mark)
        self._steps += 1

    def _begin(self, mark: Decimal) -> None:
        """A resting order far below the market comes with the position."""
        self._is_larger = False
        self.account.open(self.symbol, "long", SIZE, mark)
        self.account.protect(self.symbol, "long", _near(mark, "1.02"), _near(mark, "0.985"))
        self.account.order(self.symbol, "long", SIZE, _near(mark, "0.95"))
        self._settle()

    def _finish(self, plan: PlanOrder) -> None:
        for order in self.account.open_orders:
            self.account.cancel(order.order_id)
        self.account.trigger(plan.order_id)
        self._settle()

    def _trade(self, mark: Decimal) -> None:
        """What is added once is taken away the next time, so the size stays near where it began."""
        action: Action
        if self._is_larger:
            action, size = "close", self.account.holdings[0].size - SIZE
        else:
            action, size = "open", SIZE / 10 * self._random.randint(1, 4)
        order_id = self.account.order(self.symbol, "long", size, None, action=action, order_type="market")
        self.account.fill(order_id, price=mark)
        self._is_larger = not self._is_larger
        self._settle()

    def _settle(self) -> None:
        """The wallet has every profit and fee; what the position binds is not available."""
        held = self.account.holdings
        paid = sum((each.profit - each.fee for each in self.account.executions), DEPOSIT)
        equity = sum((each.unrealized(self.account.desk.marks[self.symbol]) for each in held), paid).quantize(GRAIN)
        self.account.balance("USDT", equity, equity - sum((each.margin for each in held), Decimal(0)))


def _near(price: Decimal, factor: str) -> Decimal:
    return (price * Decimal(factor)).quantize(TICK, ROUND_DOWN)
