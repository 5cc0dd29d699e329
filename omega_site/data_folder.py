"""The data folder: writable, for one mode only, and used by one start at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from omega_site.start_error import StartError

_LOCK: Final = "omega.lock"
_MODE: Final = "mode"


@contextmanager
def hold(folder: Path, mode: str) -> Iterator[None]:
    """Keeps the folder for this process; the lock goes with the process, however it ends."""
    with write_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("a+")
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
        keep_mode(folder, mode)
        yield


def is_held(folder: Path) -> bool:
    """Whether a start of ours runs in the folder now."""
    try:
        with (folder / _LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # none ever ran here
        return False
    return False


def keep_mode(folder: Path, mode: str) -> None:
    """The first start stamps the folder with its mode: replayed trades and the demo's login stay out of a live site."""
    with write_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        kept = kept_mode(folder)
        if not kept:
            (folder / _MODE).write_text(f"{mode}\n")
    if fault := conflict(folder, mode):
        raise StartError(fault)


def kept_mode(folder: Path) -> str:
    """The mode of its first start; "" while there was none, or its stamp was cut short."""
    stamp = folder / _MODE
    return stamp.read_text().strip() if stamp.exists() else ""


def conflict(folder: Path, mode: str) -> str:
    """Why this mode must not be used here; "" where it may, or none is named."""
    kept = kept_mode(folder)
    if "" in (kept, mode) or kept == mode:
        return ""
    return (
        f"The data folder {folder} was made in mode {kept} and cannot be used in mode {mode}. Set OMEGA_DATA_DIR "
        "to another folder."
    )


@contextmanager
def write_faults(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StartError(
            f"The data folder {folder} cannot be written ({error.strerror}). Make it writable or set "
            "OMEGA_DATA_DIR to a folder that is."
        ) from error
