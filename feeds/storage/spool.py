"""The spool of a feed: files that take over the log while no Redis does. Beside the loop, on a thread of its own."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from errno import ENOSPC
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from django.conf import settings

from feeds.storage.spool_file import SUFFIX, SpoolFile, name_of, remove_unfinished

logger = logging.getLogger(__name__)

MEGABYTE: Final = 1024 * 1024

P = ParamSpec("P")
R = TypeVar("R")


class Spool:
    """What is kept here is acknowledged. It is read in order, each file from its beginning, and then forgotten.

    A file is made when it is needed and removed when all of it is forgotten. One that nobody locks was left by a
    process that died, or stopped while Redis was away: whoever looks first adopts it, of whatever feed it is. One that
    cannot be read is set aside, and keeps none behind it waiting.
    Every call but `close` may end in an OSError.
    """

    def __init__(self, feed: str) -> None:
        self._feed = feed
        self._folder = Path(settings.SPOOL_DIR)
        self._most = settings.SPOOL_MAX_MB * MEGABYTE
        self._own: SpoolFile | None = None
        self._files: list[SpoolFile] = []
        # One thread: calls are done one after the other, also one whose caller was cancelled.
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"spool-{feed}")

    @property
    def waiting(self) -> int:
        """How many trades are kept here and not forgotten yet."""
        return sum(file.waiting for file in self._files)

    async def keep(self, texts: Sequence[bytes]) -> None:
        """Returned = on the disk, all of them. OSError, also where there would be too much here: none of them."""
        await self._run(self._keep, texts)

    async def adopt(self) -> None:
        """Takes over what others left behind, and clears away what was not even begun."""
        await self._run(self._adopt)

    async def read(self, limit: int) -> list[bytes]:
        """The first ones of the oldest file, at most so many; empty when nothing waits."""
        return await self._run(self._read, limit)

    async def forget(self, texts: Sequence[bytes]) -> None:
        """What `read` gave is in the log."""
        await self._run(self._forget, texts)

    async def close(self) -> None:
        """What still waits stays on the disk, for the next one that looks."""
        await self._run(self._close)
        self._pool.shutdown(wait=False)

    async def _run(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: call(*args, **kwargs))

    def _keep(self, texts: Sequence[bytes]) -> None:
        if self._size() + sum(map(len, texts)) > self._most:
            raise OSError(ENOSPC, f"the spool may hold {self._most // MEGABYTE} MB (SPOOL_MAX_MB)")
        if self._own is None:
            self._own = SpoolFile.create(self._folder, self._feed)
            self._files.append(self._own)
        self._own.append(texts)

    def _size(self) -> int:
        """Of all files of the feed, also of those that were left behind: they are on the same disk."""
        size = 0
        for path in self._folder.glob(name_of(self._feed)):
            with suppress(FileNotFoundError):
                size += path.stat().st_size
        return size

    def _adopt(self) -> None:
        remove_unfinished(self._folder)
        for path in self._folder.glob(f"*{SUFFIX}"):
            if (file := SpoolFile.claim(path)) is not None:
                logger.warning("%s was left with %d trades%s", path.name, file.waiting, _torn(file))
                self._files.insert(0, file)
                self._tidy()

    def _read(self, limit: int) -> list[bytes]:
        while self._files:
            try:
                return self._files[0].read(limit)
            except OSError as error:
                file = self._files.pop(0)
                logger.error("%d trades are set aside, for a person to look at: %s", file.waiting, error)  # noqa: TRY400
                self._own = None if file is self._own else self._own
                file.set_aside()
        return []

    def _forget(self, texts: Sequence[bytes]) -> None:
        self._files[0].forget(texts)
        self._tidy()

    def _tidy(self) -> None:
        """Removes the first file when nothing in it waits."""
        if not self._files[0].waiting:
            file = self._files.pop(0)
            self._own = None if file is self._own else self._own
            file.remove()

    def _close(self) -> None:
        for file in self._files:
            file.close()
        self._files, self._own = [], None


def _torn(file: SpoolFile) -> str:
    return " and an end that is no whole record" if file.is_torn else ""
