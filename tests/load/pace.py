"""What programs that write at an even rate have in common: they print when they wrote, and end with their input."""

import asyncio
import itertools
import sys
import threading
from collections.abc import Awaitable, Callable


async def at_rate(rate: float, write: Callable[[int], Awaitable[float | None]]) -> None:
    """Calls `write` so often a second with 0, 1, 2 ...; it tells when it wrote, None where it could not."""
    loop, over = asyncio.get_running_loop(), threading.Event()
    threading.Thread(target=_wait_for_the_end, args=(over,), daemon=True).start()
    began = loop.time()
    for count in itertools.count():
        await asyncio.sleep(max(0.0, began + count / rate - loop.time()))
        if over.is_set():
            return
        if (at := await write(count)) is not None:
            sys.stdout.write(f"{at!r}\n")
            sys.stdout.flush()


def _wait_for_the_end(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()
