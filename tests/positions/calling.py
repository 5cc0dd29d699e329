"""Who calls the REST of a private account, at an exchange that goes by the test's clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from pytest_django import Settings

from feeds.storage.allowance import Allowance
from feeds.storage.live import LiveStore
from positions.connection.rest import AccountClient
from positions.keys.credentials import Credentials
from positions.plan import AccountPlan
from positions.words import AccountKind, Environment
from tests.clock import ManualClock
from tests.exchange.bitget.account import DeskAccount
from tests.exchange.bitget.card import Kind
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange

CREDENTIALS: Final = Credentials("CANARY-key", "CANARY-secret", "CANARY-phrase")
PLAN: Final = AccountPlan(1, "Main", Environment.LIVE, AccountKind.CLASSIC, "relaxed", 1, "1001")


class Calling:
    """Without any Redis, so that what is allowed goes by the test's clock too. All clients are of one worker."""

    def __init__(self, desk: BitgetDesk, allowance: Allowance, clock: ManualClock) -> None:
        self.desk = desk
        self.allowance = allowance
        self.clock = clock

    def open(self, uid: str = "1001", kind: Kind = "classic") -> DeskAccount:
        """The account that CREDENTIALS open."""
        return self.desk.open_account(CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase, uid=uid, kind=kind)

    def client(self, plan: AccountPlan = PLAN, credentials: Credentials = CREDENTIALS) -> AccountClient:
        return AccountClient(plan, credentials, self.allowance, self.clock)

    def codes(self) -> list[str]:
        """What the calls were answered since the last look."""
        codes = [call.code for call in self.desk.calls]
        self.desk.calls.clear()
        return codes


@asynccontextmanager
async def open_calling(settings: Settings, clock: ManualClock) -> AsyncIterator[Calling]:
    """Until the block ends; the exchange is also the one in the settings."""
    store = LiveStore("redis://127.0.0.1:9")
    async with Exchange(market=RandomMarket(rate=0), clock=clock.now) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        yield Calling(exchange.bitget, Allowance(store, clock), clock)
    await store.close()


def calls_of(held: DeskAccount, path: str) -> int:
    return sum(path in call.path for call in held.desk.calls)
