"""Database calls from a loop: one thread per loop, so that a locked database never stops the sockets."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, connections

P = ParamSpec("P")
R = TypeVar("R")


class DatabaseThread:
    """Runs blocking ORM calls, in order, on a thread with a connection of its own."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"database-{name}")

    async def run(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._pool, _call, lambda: call(*args, **kwargs))

    async def close(self) -> None:
        await self.run(connections.close_all)
        self._pool.shutdown(wait=False)


def _call(call: Callable[[], R]) -> R:
    try:
        return call()
    except InterfaceError as error:
        connections.close_all()
        raise DatabaseError(str(error)) from error
    except DatabaseError:
        # A connection that broke stays broken; the next call gets a new one.
        connections.close_all()
        raise
