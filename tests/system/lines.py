"""The lines of one worker to what it needs: they may be cut, so that it is alone, and healed again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any, TypeVar

from tests.faults.proxy import Proxy, proxy
from tests.faults.toxics import clean, swallow

T = TypeVar("T")


class Lines:
    """Proxies in a loop of their own, in the order of their targets."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._stack = AsyncExitStack()
        self._proxies: list[Proxy] = []

    @property
    def ports(self) -> list[int]:
        return [line.port for line in self._proxies]

    @property
    def unheard(self) -> list[int]:
        """Of each line the bytes that the worker said and nobody heard."""
        return [line.unheard for line in self._proxies]

    def add(self, host: str, port: int) -> None:
        self._proxies.append(self._run(self._stack.enter_async_context(proxy(host, port))))

    def cut(self) -> None:
        """Nothing passes in either direction, and nobody says so."""
        for line in self._proxies:
            line.toxic, line.is_deaf = swallow, True

    def heal(self) -> None:
        """What was open is reset; new connections work."""
        for line in self._proxies:
            line.toxic, line.is_deaf = clean, False
            self._run(line.end())

    def end(self) -> None:
        self._run(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


@contextmanager
def lines_to(*targets: tuple[str, int]) -> Iterator[Lines]:
    lines = Lines()
    try:
        for host, port in targets:
            lines.add(host, port)
        yield lines
    finally:
        lines.end()
