"""Counts of all processes in Redis: each brings its own totals, and the servers add what is new. Blocking calls.

A process says again and again how far it has counted, so an answer that was lost costs nothing and adds nothing twice.
Each server keeps its own sum; a reader takes the higher one of each number. What a killed process counted in its last
TELL_EVERY_S is lost.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, Final

from feeds.storage import keys, script
from feeds.storage.health import CREDENTIALS_EVERY_S, Failure
from feeds.storage.redis import OPERATION_TIMEOUT_S, RedisDown, blocking_client, typed_errors
from feeds.storage.servers import addresses
from feeds.tally import Series, Tally

TELL_EVERY_S: Final = 0.5
# A process that was told to end has other things to do in its five seconds.
END_WITHIN_S: Final = 0.6
# A process that said nothing for so long is gone: only the sum stays of it.
ORIGIN_KEPT_S: Final = 30 * 86_400
# After a server that does not answer.
RETRY_AFTER_S: Final = 2.0
_SEPARATOR: Final = "|"

Counts = Mapping[Series, int]


class CountKeeper:
    """One thread for each server, so that one that hangs holds up nothing; from `begin` to `end`."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        for name, url in addresses().items():
            thread = threading.Thread(target=self._run, args=(url,), name=f"counts to {name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def end(self) -> None:
        """Brings what was counted last, where a server takes it soon."""
        self._ending.set()
        deadline = time.monotonic() + END_WITHIN_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self, url: str) -> None:
        client, told = blocking_client(url, OPERATION_TIMEOUT_S), dict[Series, int]()
        try:
            while not self._ending.wait(self._tell(client, told)):
                pass
            self._tell(client, told)
        finally:
            client.close()

    def _tell(self, client: Any, told: dict[Series, int]) -> float:
        """Seconds until the next time. `told` is what this server has confirmed."""
        counts = self._tally.counts()
        try:
            tell(client, self._tally.origin, {each: count for each, count in counts.items() if told.get(each) != count})
        except RedisDown as down:
            # What it has now may be of before: it is told all of it.
            told.clear()
            return CREDENTIALS_EVERY_S if down.reason is Failure.CREDENTIALS else RETRY_AFTER_S
        told.update(counts)
        return TELL_EVERY_S


@contextmanager
def keeping(tally: Tally) -> Iterator[None]:
    """For as long as a command runs."""
    keeper = CountKeeper(tally)
    keeper.begin()
    try:
        yield
    finally:
        keeper.end()


def tell(client: Any, origin: str, counts: Counts) -> None:
    """Adds to the sum what this origin had not told yet. RedisDown where there is no answer."""
    if not counts:
        return
    names = [keys.COUNTS, keys.counts_of(origin)]
    said = [part for series, count in counts.items() for part in (_SEPARATOR.join(series), count)]
    with typed_errors():
        client.eval(script.COUNT, len(names), *names, ORIGIN_KEPT_S, *said)


def copy(source_url: str, target_url: str) -> Iterator[None]:
    """Brings a server that was away what processes told the other one meanwhile, those that are gone included.

    Gives way after each process: those of a month may be many. RedisDown where either server does not answer.
    """
    source, target = (blocking_client(url, OPERATION_TIMEOUT_S) for url in (source_url, target_url))
    with closing(source), closing(target), typed_errors():
        for name in source.scan_iter(match=keys.counts_of("*"), count=1000):
            origin = name.decode().removeprefix(keys.counts_of(""))
            tell(target, origin, decode(source.hgetall(name)))
            yield


def decode(fields: Mapping[bytes, bytes]) -> dict[Series, int]:
    return {Series(*field.decode().split(_SEPARATOR)): int(count) for field, count in fields.items()}


def merged(sums: Iterable[Counts]) -> dict[Series, int]:
    """The higher of each: a server may have been away, or have begun anew."""
    highest: dict[Series, int] = {}
    for counts in sums:
        for series, count in counts.items():
            highest[series] = max(count, highest.get(series, 0))
    return highest
