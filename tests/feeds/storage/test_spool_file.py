"""A file of the spool loses nothing that was promised, whatever happens to its end."""

import os
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.storage.spool_file import SUFFIX, TORN, SpoolFile

BATCHES = st.lists(st.lists(st.binary(max_size=12), min_size=1, max_size=3), min_size=1, max_size=4)


@pytest.fixture
def file(tmp_path: Path) -> SpoolFile:
    return SpoolFile.create(tmp_path, "main")


def left(path: Path) -> list[bytes]:
    """What somebody finds in it who claims it."""
    file = SpoolFile.claim(path)
    assert file is not None
    texts = file.read(1_000_000)
    file.close()
    return texts


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file of this process may be larger: writes beyond are short, then refused, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@given(BATCHES)
@settings(max_examples=30)
def test_a_tail_that_is_cut_at_any_byte_loses_only_what_was_not_acknowledged(batches: list[list[bytes]]) -> None:
    """R7: every record before the cut is there, so every batch that was on the disk by then; nothing is made up."""
    with TemporaryDirectory() as folder:
        file = SpoolFile.create(Path(folder), "main")
        ends: list[tuple[int, int]] = []
        for batch in batches:
            file.append(batch)
            ends.append((file.size, file.waiting))
        file.close()
        texts = [text for batch in batches for text in batch]
        for cut in range(file.size, -1, -1):
            os.truncate(file.path, cut)
            found = left(file.path)
            assert found == texts[: len(found)]
            assert len(found) >= max((count for size, count in ends if size <= cut), default=0)


@given(BATCHES, st.data())
@settings(max_examples=60)
def test_a_byte_that_changed_is_never_read_as_a_trade(batches: list[list[bytes]], data: st.DataObject) -> None:
    """R7: what comes before it is whole; the rest is kept for a person, under another name."""
    with TemporaryDirectory() as folder:
        file = SpoolFile.create(Path(folder), "main")
        for batch in batches:
            file.append(batch)
        file.close()
        content = bytearray(file.path.read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= data.draw(st.integers(1, 255))
        file.path.write_bytes(content)
        texts = [text for batch in batches for text in batch]
        claimed = SpoolFile.claim(file.path)
        assert claimed is not None
        found = claimed.read(1_000_000)
        assert claimed.is_torn
        assert found == texts[: len(found)]
        assert claimed.size <= place
        claimed.remove()
        assert file.path.with_suffix(TORN).read_bytes() == content


def test_a_tail_of_zeros_is_no_trade(file: SpoolFile) -> None:
    """R7: a power cut may leave a file longer than what was written to it."""
    file.append([b"one", b"two"])
    file.close()
    os.truncate(file.path, file.size + 4096)
    assert left(file.path) == [b"one", b"two"]


def test_full_disk_leaves_the_file_whole(file: SpoolFile) -> None:
    """D2: a batch that does not fit is refused and not half there; when there is room again, the next one follows."""
    file.append([b"one"])
    whole = file.size
    with disk_of(whole + 100):
        with pytest.raises(OSError, match="File too large"):
            file.append([b"x" * 60] * 3)
        assert (file.size, file.path.stat().st_size, file.waiting) == (whole, whole, 1)
        file.append([b"two"])
    file.append([b"x" * 60])
    file.close()
    assert left(file.path) == [b"one", b"two", b"x" * 60]


def test_rest_of_a_batch_that_cannot_be_cut_off_is_written_over(file: SpoolFile) -> None:
    """D2: what a failed write left behind the end is never read."""
    file.append([b"one"])
    with file.path.open("ab") as rest:
        rest.write(b"half of a batch")
    file.append([b"two"])
    assert file.read(10) == [b"one", b"two"]
    file.close()
    assert left(file.path) == [b"one", b"two"]


def test_only_one_holds_a_file(file: SpoolFile) -> None:
    """W4: a process that is only stopped keeps what is its own; one that is dead does not."""
    file.append([b"one"])
    assert SpoolFile.claim(file.path) is None
    file.close()
    assert left(file.path) == [b"one"]


def test_file_that_is_gone_cannot_be_claimed(file: SpoolFile, tmp_path: Path) -> None:
    """Somebody else may have replayed it since the folder was listed."""
    file.remove()
    assert SpoolFile.claim(file.path) is None
    assert list(tmp_path.iterdir()) == []


def test_records_are_forgotten_from_the_front(file: SpoolFile) -> None:
    """R7: also while others are added at the end. Who claims the file after a crash reads all of it."""
    file.append([b"one", b"two", b"three"])
    file.forget(file.read(2))
    file.append([b"four"])
    assert (file.waiting, file.read(10)) == (2, [b"three", b"four"])
    file.close()
    assert left(file.path) == [b"one", b"two", b"three", b"four"]


def test_file_is_for_its_owner_only(file: SpoolFile) -> None:
    """What was traded is nobody else's business on a shared machine."""
    assert file.path.suffix == SUFFIX
    assert file.path.stat().st_mode & 0o077 == 0


def test_file_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    """D2: neither a file nor an open one; who tries four times a second would leave thousands."""
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    # One more may be opened, the file; the folder, which has to reach the disk with it, may not.
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + 1, before[1]))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            SpoolFile.create(tmp_path, "main")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert list(tmp_path.iterdir()) == []
    again = os.open(os.devnull, os.O_RDONLY)
    os.close(again)
    assert again == lowest


def test_torn_file_is_claimed_once(tmp_path: Path) -> None:
    """R7: of many who look at the same moment one replays it; the others do not find it under its other name."""
    paths = []
    for number in range(200):
        file = SpoolFile.create(tmp_path, "main")
        file.append([b"%d" % number])
        file.close()
        with file.path.open("ab") as end:
            end.write(b"torn")
        paths.append(file.path)

    def replay(path: Path) -> list[bytes]:
        if (file := SpoolFile.claim(path)) is None:
            return []
        texts = file.read(10)
        file.remove()
        return texts

    with ThreadPoolExecutor(4) as pool:
        found = [text for texts in pool.map(replay, [path for path in paths for _ in range(4)]) for text in texts]
    assert sorted(found) == sorted(b"%d" % number for number in range(200))
