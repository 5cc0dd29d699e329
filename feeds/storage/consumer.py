"""The draining end of the log. Blocking calls; every failure leaves them as one RedisDown."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from feeds.storage import keys
from feeds.storage.redis import OPERATION_TIMEOUT_S, Entry, RedisDown, blocking_client, typed_errors

_BLOCK_MS: Final = 200


class LogConsumer:
    """One consumer of the group that stands for the database."""

    def __init__(self, name: str, url: str = "") -> None:
        self._name = name
        # A blocking read may be silent for its whole block time before the timeout starts to mean something.
        self._client: Any = blocking_client(url, OPERATION_TIMEOUT_S + _BLOCK_MS / 1000)

    def join(self) -> None:
        """Makes the group, from the first entry on, where it does not exist."""
        try:
            with typed_errors():
                self._client.xgroup_create(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, id="0", mkstream=True)
        except RedisDown as error:
            if "BUSYGROUP" not in str(error):
                raise

    def claim_abandoned(self, idle_ms: int, limit: int) -> list[Entry]:
        """Takes over entries that a consumer, dead or this one before a crash, read but never acknowledged."""
        with typed_errors():
            _, entries, _ = self._client.xautoclaim(
                keys.TRADE_LOG, keys.TRADE_LOG_GROUP, self._name, min_idle_time=idle_ms, count=limit
            )
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

    def set_aside(self, entry_id: bytes, fields: Mapping[bytes, bytes], reason: str) -> None:
        """Moves an entry that can never be committed out of the way, with the reason; it is not deleted."""
        with typed_errors():
            kept = {**fields, keys.REASON_FIELD: reason}
            self._client.xadd(keys.TRADE_LOG_DEAD, kept, maxlen=10_000, approximate=True)
            self.acknowledge([entry_id])

    def trim(self, before_ms: int) -> None:
        """Drops acknowledged entries older than this Unix time; never one that is not acknowledged yet."""
        with typed_errors():
            group = self._client.xinfo_groups(keys.TRADE_LOG)[0]
            pending = self._client.xpending(keys.TRADE_LOG, keys.TRADE_LOG_GROUP)
            bounds = [_milliseconds(group["last-delivered-id"]), before_ms]
            if pending["min"]:
                bounds.append(_milliseconds(pending["min"]))
            self._client.xtrim(keys.TRADE_LOG, minid=min(bounds), approximate=True)

    def close(self) -> None:
        self._client.close()


def logged_at(entry_id: bytes) -> datetime:
    """When an entry was added to the log, by Redis's clock."""
    return datetime.fromtimestamp(_milliseconds(entry_id) / 1000, UTC)


def _milliseconds(entry_id: bytes) -> int:
    return int(entry_id.split(b"-")[0])
