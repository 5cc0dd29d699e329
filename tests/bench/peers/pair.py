"""Our own pair of Redis servers, as the recorder writes to it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from feeds.clock import SystemClock
from feeds.storage import keys
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown
from tests.bench.writing import serve

# So much sooner, with each write, a server that came back was stable for long enough. The step is between two writes,
# so that no answer seems late; leaving a server waits for nothing.
_STEP_S = 0.05


class SteppedClock(SystemClock):
    """Runs ahead."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead_s

    def step(self) -> None:
        self._ahead_s += _STEP_S


class PairLog:
    errors = (RedisDown,)

    def __init__(self, primary: str, failover: str) -> None:
        self._clock = SteppedClock()
        self._addresses = primary, failover

    async def open(self) -> None:
        self._store = LiveStore(*self._addresses, clock=self._clock)

    async def append(self, text: str) -> None:
        self._clock.step()
        await self._store.append([text.encode()])

    async def read(self) -> list[str]:
        return [fields[keys.TRADE_FIELD].decode() for _, fields in await self._store.read_log(b"0", 100_000)]

    async def close(self) -> None:
        await self._store.close()


if __name__ == "__main__":
    serve(PairLog)
