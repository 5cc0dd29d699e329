"""The last warnings and errors of all processes, as a bounded log in Redis: written by threads, read by the hub."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from feeds.storage import keys
from feeds.storage.redis import OPERATION_TIMEOUT_S, Entry, RedisDown, blocking_client, typed_errors
from feeds.storage.servers import addresses

# About so many lines stay on each server.
KEPT: Final = 1000


class LogLine(msgspec.Struct, frozen=True, gc=False):
    """What a process said: `process` is program and number, `place` the module that said it. No secret is in it."""

    at: datetime
    level: str
    process: str
    place: str
    text: str


encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(LogLine).decode


class Logbook:
    """Inside one thread. Writes to the server that took the last lines, else to the other one."""

    def __init__(self) -> None:
        # Where that may be is known once the servers run.
        self._clients: list[Any] = []

    def append(self, lines: Iterable[LogLine]) -> None:
        """In order. RedisDown where no server takes them."""
        values = [encode(line) for line in lines]
        self._clients = self._clients or [blocking_client(url, OPERATION_TIMEOUT_S) for url in addresses().values()]
        down = RedisDown("no server is known")
        for client in list(self._clients):
            try:
                _add(client, values)
            except RedisDown as error:
                down = error
                # The next lines begin with the next server.
                self._clients.append(self._clients.pop(0))
            else:
                return
        raise down

    def close(self) -> None:
        for client in self._clients:
            client.close()


def _add(client: Any, values: list[bytes]) -> None:
    with typed_errors():
        pipe = client.pipeline(transaction=True)
        for value in values:
            pipe.xadd(keys.EVENT_LOG, {keys.EVENT_FIELD: value}, maxlen=KEPT, approximate=True)
        pipe.execute()


def newest(logs: Mapping[str, list[Entry]], most: int) -> list[LogLine]:
    """The last lines of all servers, newest first; what two of them took is one line, and what is none is left out."""
    known = {line for entries in logs.values() for _, fields in entries if (line := _line(fields))}
    return sorted(known, key=lambda line: (line.at, line.text), reverse=True)[:most]


def _line(fields: Mapping[bytes, bytes]) -> LogLine | None:
    try:
        return _decode(fields.get(keys.EVENT_FIELD, b""))
    except msgspec.DecodeError:
        return None
