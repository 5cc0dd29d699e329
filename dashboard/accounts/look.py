"""One look at every account that is to be followed: what its worker told last, on any Redis server. Blocking."""

from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from feeds.clock import Clock
from feeds.storage import keys
from feeds.storage.health import CREDENTIALS_EVERY_S, Failure
from feeds.storage.latest import stamp_of
from feeds.storage.redis import OPERATION_TIMEOUT_S, RedisDown, blocking_client, typed_errors
from feeds.storage.servers import addresses
from positions.latest import AccountState, decode_account, decode_orders, decode_positions
from positions.queries import enabled_accounts


class AccountLook(NamedTuple):
    """`line` is None where no server holds anything of it. `stale_since_at` is the older of its positions' and its
    orders', None while both are told at once.
    """

    id: int
    line: AccountState | None = None
    stale_since_at: datetime | None = None

    @property
    def sure_at(self) -> datetime | None:
        """When what is told of it was sure for the last time: before it was stale, and while its worker wrote."""
        return min((at for at in (self.line and self.line.written_at, self.stale_since_at) if at), default=None)


class AccountsEye:
    """Keeps one connection to each server, and leaves one alone for a while that does not take our password."""

    def __init__(self, clock: Clock) -> None:
        self._clients: list[Any] = [blocking_client(url, OPERATION_TIMEOUT_S) for url in addresses().values()]
        self._clock = clock
        # By client, in monotonic seconds.
        self._locked_until: dict[Any, float] = {}

    def look(self) -> tuple[AccountLook, ...]:
        """A server that does not answer says nothing; the database's error where that does not."""
        accounts = [int(account) for account in enabled_accounts()]
        told = self._newest(
            [key(account) for account in accounts for key in (keys.account, keys.positions, keys.orders)]
        )
        return tuple(
            _look(account, *states)
            for account, *states in zip(accounts, told[::3], told[1::3], told[2::3], strict=True)
        )

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def _newest(self, names: list[str]) -> list[bytes | None]:
        answers: list[list[bytes | None]] = [[None] * len(names)]
        now = self._clock.monotonic()
        for client in self._clients if names else ():
            if now < self._locked_until.get(client, now):
                continue
            try:
                with typed_errors():
                    answers.append(client.mget(names))
            except RedisDown as down:
                if down.reason is Failure.CREDENTIALS:
                    self._locked_until[client] = now + CREDENTIALS_EVERY_S
        return [max(found, key=stamp_of) for found in zip(*answers, strict=True)]


def _look(account: int, line: bytes | None, held: bytes | None, orders: bytes | None) -> AccountLook:
    """Nothing is known of an account of which a worker of another version tells."""
    with suppress(msgspec.DecodeError):
        ages = (held and decode_positions(held).stale_since_at, orders and decode_orders(orders).stale_since_at)
        stale_since_at = min((at for at in ages if at), default=None)
        return AccountLook(account, decode_account(line) if line else None, stale_since_at)
    return AccountLook(account)
