"""The draining end of a server's log. Blocking calls; every failure leaves them as one RedisDown."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from feeds.storage import keys, latest, status
from feeds.storage.redis import OPERATION_TIMEOUT_S, Entry, RedisDown, blocking_client, typed_errors

_BLOCK_MS: Final = 200


class Waiting(NamedTuple):
    """Entries that were read and not acknowledged, and at most how many wait behind them."""

    pending: int
    backlog: int


class Memory(NamedTuple):
    """Bytes that the server uses, and may use (0: as many as there are); what it does when there are no more."""

    used: int
    most: int
    policy: str


class LogConsumer:
    """One consumer of the group that stands for the database."""

    def __init__(self, name: str, url: str = "") -> None:
        self._name = name
        # A blocking read may be silent for its whole block time before the timeout starts to mean something.
        self._client: Any = blocking_client(url, OPERATION_TIMEOUT_S + _BLOCK_MS / 1000)

    def join(self) -> None:
        """Makes the group, from the first entry on, where it does not exist. A full server refuses to make any."""
        with typed_errors():
            if not (self._client.exists(keys.TRADE_LOG) and self._groups()):
                self._client.xgroup_create(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, id="0", mkstream=True)

    def read_epoch(self) -> str:
        """The name of this log; "" where it has none."""
        with typed_errors():
            return (self._client.get(keys.EPOCH) or b"").decode()

    def begin_epoch(self, epoch: str) -> None:
        """Names this log anew, and delivers it once more from its first entry on."""
        with typed_errors():
            self._client.set(keys.EPOCH, epoch)
            self.set_back("0-0")

    def delivered_id(self) -> str:
        """The last entry that the group was given."""
        with typed_errors():
            cursor: bytes = self._group()["last-delivered-id"]
            return cursor.decode()

    def first_stored_id(self) -> str:
        """The oldest entry of the log that was acknowledged; "" where the oldest one was not, or there is none."""
        with typed_errors():
            entries = self._client.xrange(keys.TRADE_LOG, count=1)
            pending = self._client.xpending(keys.TRADE_LOG, keys.TRADE_LOG_GROUP)["min"]
            return entries[0][0].decode() if entries and entries[0][0] != pending else ""

    def set_back(self, entry_id: str) -> None:
        """What came after this entry is delivered once more."""
        with typed_errors():
            self._client.xgroup_setid(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, entry_id)

    def claim_abandoned(self, idle_ms: int, limit: int) -> list[Entry]:
        """Takes over entries that a consumer, dead or this one before a crash, read but never acknowledged."""
        cursor: Any = "0-0"
        with typed_errors():
            while True:
                cursor, entries, _ = self._client.xautoclaim(
                    keys.TRADE_LOG, keys.TRADE_LOG_GROUP, self._name, idle_ms, start_id=cursor, count=limit
                )
                # A page of entries that are gone from the log is empty, and the next one need not be.
                if entries or cursor == b"0-0":
                    return list(entries)

    def read(self, limit: int) -> list[Entry]:
        """New entries; waits a moment for the first one. Empty when none came."""
        with typed_errors():
            answer = self._client.xreadgroup(
                keys.TRADE_LOG_GROUP, self._name, {keys.TRADE_LOG: ">"}, count=limit, block=_BLOCK_MS
            )
            return [entry for _, entries in answer or [] for entry in entries]

    def acknowledge(self, ids: list[bytes]) -> None:
        """Says that these entries are committed."""
        if not ids:
            return
        with typed_errors():
            self._client.xack(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, *ids)

    def trim(self, before_ms: int) -> None:
        """Drops acknowledged entries older than this Unix time; never one that is not acknowledged yet."""
        with typed_errors():
            pending = self._client.xpending(keys.TRADE_LOG, keys.TRADE_LOG_GROUP)
            bounds = [place(self._group()["last-delivered-id"])[0], before_ms]
            if pending["min"]:
                bounds.append(place(pending["min"])[0])
            self._client.xtrim(keys.TRADE_LOG, minid=min(bounds), approximate=True)

    def waiting(self) -> Waiting:
        """What is not acknowledged yet."""
        with typed_errors():
            group = self._group()
            lag = group.get("lag")
            # After its cursor was moved Redis does not know how many are behind it, until the end is reached.
            backlog = self._client.xlen(keys.TRADE_LOG) if lag is None else lag
            return Waiting(int(group["pending"]), int(backlog))

    def memory(self) -> Memory:
        with typed_errors():
            told = self._client.info("memory")
            return Memory(int(told["used_memory"]), int(told["maxmemory"]), str(told["maxmemory_policy"]))

    def tell(self, status: status.DrainStatus) -> None:
        """Leaves the status where readers find it; it is gone when nobody renews it."""
        with typed_errors():
            self._client.set(keys.drain(status.server), latest.encode(status), ex=latest.STATE_TTL_S)

    def close(self) -> None:
        self._client.close()

    def _group(self) -> Mapping[str, Any]:
        if not (groups := self._groups()):
            raise RedisDown("the log has lost its consumer group")
        return groups[0]

    def _groups(self) -> list[Mapping[str, Any]]:
        """Ours, if it is there."""
        groups: list[Mapping[str, Any]] = self._client.xinfo_groups(keys.TRADE_LOG)
        return [group for group in groups if group["name"] == keys.TRADE_LOG_GROUP.encode()]


def logged_at(entry_id: bytes | str) -> datetime:
    """When an entry was added to the log, by Redis's clock."""
    return datetime.fromtimestamp(place(entry_id)[0] / 1000, UTC)


def place(entry_id: bytes | str) -> tuple[int, int]:
    """An entry's place in the log, which can be compared: milliseconds, and a number within them."""
    text = entry_id.decode() if isinstance(entry_id, bytes) else entry_id
    milliseconds, _, number = text.partition("-")
    return int(milliseconds), int(number or 0)
