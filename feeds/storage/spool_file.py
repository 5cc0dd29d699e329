"""One file of the spool: records with length and checksum, locked by who writes or reads it. Blocking calls.

A record counts once its batch is on the disk, so what a crash leaves behind the last whole one was promised to nobody.
"""

import fcntl
import os
import struct
import tempfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from errno import EIO
from io import FileIO
from pathlib import Path
from typing import Final

SUFFIX: Final = ".spool"
# A file that has more than whole records is kept under this name, for a person to look at.
TORN: Final = ".torn"
# Before it is locked. One that nobody locks was never begun.
_UNFINISHED: Final = ".new"

_LENGTH: Final = struct.Struct(">I")
_CHECKSUM: Final = struct.Struct(">I")
# Of what makes a name one of its kind.
_RANDOM: Final = 8
_HEAD_SIZE: Final = _LENGTH.size + _CHECKSUM.size


class SpoolFile:
    """Records in the order in which they came; `waiting` of them are not forgotten yet, `size` is in bytes.

    Whoever made or claimed it holds its lock until `remove` or `close`, or until its process dies.
    """

    def __init__(self, file: FileIO, path: Path) -> None:
        self.path = path
        self.waiting = 0
        self.size = 0
        self._file = file
        self._forgotten = 0

    @classmethod
    def create(cls, folder: Path, feed: str) -> "SpoolFile":
        """An empty one. It has its name only when it is locked: before that nobody takes it for a leftover.

        OSError: there is none.
        """
        folder.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=f"{feed}-", suffix=_UNFINISHED, dir=folder)
        file, path = FileIO(number, "r+"), Path(name)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            path = path.rename(path.with_suffix(SUFFIX))
            _sync(folder)
            _sync(folder.parent)
        except OSError:
            with file, suppress(OSError):
                path.unlink()
            raise
        return cls(file, path)

    @classmethod
    def claim(cls, path: Path) -> "SpoolFile | None":
        """One that was left behind, with all of its whole records; None where somebody holds it, or it is gone."""
        try:
            file = FileIO(path, "r+")
        except FileNotFoundError:
            return None
        if not _lock(file) or not _is_at(file, path):
            file.close()
            return None
        left = cls(file, path)
        left._count()
        return left

    @property
    def is_torn(self) -> bool:
        """Whether there is more in it than whole records."""
        return os.fstat(self._file.fileno()).st_size > self.size

    def append(self, texts: Iterable[bytes]) -> None:
        """Returned = on the disk, all of them. OSError: none of them."""
        records = [_record(text) for text in texts]
        batch = b"".join(records)
        try:
            _write(self._file.fileno(), batch, self.size)
            os.fsync(self._file.fileno())
        except OSError:
            # What was written of it is behind the end. Where it cannot be cut off, the next batch is written over it.
            with suppress(OSError):
                os.ftruncate(self._file.fileno(), self.size)
            raise
        self.size += len(batch)
        self.waiting += len(records)

    def read(self, limit: int) -> list[bytes]:
        """The first records that are not forgotten yet, at most so many. OSError where the first of them is damaged."""
        texts: list[bytes] = []
        position = self._forgotten
        for _ in range(min(limit, self.waiting)):
            text = self._record_at(position, self.size)
            if text is None and texts:
                break
            if text is None:
                raise OSError(EIO, f"{self.path.name} is damaged at byte {position}")
            texts.append(text)
            position += _HEAD_SIZE + len(text)
        return texts

    def forget(self, texts: Iterable[bytes]) -> None:
        """Moves on behind these, which were read. Only this object knows: who claims the file reads all of it again."""
        for text in texts:
            self._forgotten += _HEAD_SIZE + len(text)
            self.waiting -= 1

    def remove(self) -> None:
        """Ends it. A torn one is only set aside."""
        if self.is_torn:
            self.set_aside()
        else:
            with self._file:
                self.path.unlink(missing_ok=True)

    def set_aside(self) -> None:
        """Ends it with all that is in it: nobody claims it any more."""
        with self._file:
            self.path.rename(self.path.with_suffix(TORN))

    def close(self) -> None:
        """Leaves it to whoever claims it next."""
        self._file.close()

    def _count(self) -> None:
        end = os.fstat(self._file.fileno()).st_size
        while (text := self._record_at(self.size, end)) is not None:
            self.size += _HEAD_SIZE + len(text)
            self.waiting += 1

    def _record_at(self, position: int, end: int) -> bytes | None:
        """None where no whole record lies between the two, or the disk does not give it."""
        try:
            head = os.pread(self._file.fileno(), _HEAD_SIZE, position)
            if len(head) < _HEAD_SIZE:
                return None
            length, checksum = head[: _LENGTH.size], head[_LENGTH.size :]
            (size,) = _LENGTH.unpack(length)
            if position + _HEAD_SIZE + size > end:
                return None
            text = os.pread(self._file.fileno(), size, position + _HEAD_SIZE)
        except OSError:
            return None
        return text if _checksum(length, text) == checksum else None


def name_of(feed: str) -> str:
    """A pattern for the names of the files of a feed, and of no other feed."""
    return f"{feed}-{'?' * _RANDOM}{SUFFIX}"


def remove_unfinished(folder: Path) -> None:
    """What a process left that died in `create`. One that creates right now has to try again."""
    for path in folder.glob(f"*{_UNFINISHED}"):
        with suppress(FileNotFoundError), FileIO(path, "r+") as file:
            if _lock(file):
                path.unlink()


def _record(text: bytes) -> bytes:
    length = _LENGTH.pack(len(text))
    return length + _checksum(length, text) + text


def _checksum(length: bytes, text: bytes) -> bytes:
    """Of the length too: a tail of zeros, as a power cut may leave it, is not a row of empty records."""
    return _CHECKSUM.pack(zlib.crc32(text, zlib.crc32(length)))


def _lock(file: FileIO) -> bool:
    """False where somebody else holds the lock."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(file: FileIO, path: Path) -> bool:
    """Whether the file still has this name: before it was locked somebody may have ended it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _write(file: int, data: bytes, position: int) -> None:
    """All of it: a write may be short, and only the next one says why."""
    rest = memoryview(data)
    while rest:
        written = os.pwrite(file, rest, position)
        rest, position = rest[written:], position + written


def _sync(folder: Path) -> None:
    """A new file survives a power cut only with its folder."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
