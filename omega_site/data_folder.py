"""The data folder: writable, and used by one start at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from omega_site.start_error import StartError


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keeps the folder for this process; the lock goes with the process, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "omega.lock").open("a+")
    except OSError as error:
        raise StartError(
            f"The data folder {folder} cannot be written ({error.strerror}). Make it writable or set "
            "OMEGA_DATA_DIR to a folder that is."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise StartError(
                f"OMEGA already runs in {folder} (process {lock.read()}). Stop it first, or set "
                "OMEGA_DATA_DIR to another folder."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
