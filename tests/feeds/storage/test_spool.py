"""The spool of a feed: kept, read, forgotten, left to others."""

import fcntl
from pathlib import Path

import pytest
from pytest_django import Settings

from feeds.storage import spool as module
from feeds.storage.spool import Spool
from feeds.storage.spool_file import TORN, SpoolFile


def files(settings: Settings) -> list[str]:
    folder = Path(settings.SPOOL_DIR)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def test_what_is_kept_is_read_in_order_and_then_gone(spool: Spool, settings: Settings) -> None:
    """R7: a file is there for as long as something waits in it."""
    assert files(settings) == []
    await spool.keep([b"1", b"2"])
    await spool.keep([b"3"])
    assert len(files(settings)) == 1
    assert await spool.read(2) == [b"1", b"2"]
    await spool.forget([b"1", b"2"])
    assert (spool.waiting, await spool.read(10)) == (1, [b"3"])
    await spool.forget([b"3"])
    assert (spool.waiting, await spool.read(10), files(settings)) == (0, [], [])


async def test_next_outage_begins_a_new_file(spool: Spool) -> None:
    """R7: Redis may go away more than once."""
    await spool.keep([b"1"])
    await spool.forget(await spool.read(10))
    await spool.keep([b"2"])
    assert await spool.read(10) == [b"2"]


async def test_leftover_of_any_feed_is_adopted_once_nobody_holds_it(spool: Spool, settings: Settings) -> None:
    """W1: the lease of the feed moved, or its process died."""
    other = Spool("other")
    await other.keep([b"1", b"2"])
    await spool.adopt()
    assert spool.waiting == 0

    await other.close()
    await spool.adopt()
    assert await spool.read(10) == [b"1", b"2"]
    await spool.forget([b"1", b"2"])
    assert files(settings) == []


async def test_leftover_comes_before_what_is_kept_meanwhile(spool: Spool) -> None:
    """R7: oldest first."""
    before = Spool("main")
    await before.keep([b"1"])
    await before.close()
    await spool.keep([b"2"])
    await spool.adopt()
    for text in (b"1", b"2"):
        assert await spool.read(10) == [text]
        await spool.forget([text])


async def test_empty_leftover_is_removed(spool: Spool, settings: Settings) -> None:
    """A process died before its first batch."""
    SpoolFile.create(Path(settings.SPOOL_DIR), "main").close()
    await spool.adopt()
    assert (spool.waiting, files(settings)) == (0, [])


async def test_spool_holds_no_more_than_it_may(
    spool: Spool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R7: SPOOL_MAX_MB; what is too much is refused whole, what fits still goes."""
    monkeypatch.setattr(module, "MEGABYTE", 1)
    settings.SPOOL_MAX_MB = 100
    small = Spool("small")
    await small.keep([b"x" * 60])
    with pytest.raises(OSError, match="SPOOL_MAX_MB"):
        await small.keep([b"x" * 60])
    await small.keep([b"x" * 10])
    assert await small.read(10) == [b"x" * 60, b"x" * 10]
    await small.close()


async def test_leftovers_of_a_feed_count_too(spool: Spool, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """R7: a feed that starts over and over fills the disk no more than one that does not; another feed has its own."""
    monkeypatch.setattr(module, "MEGABYTE", 1)
    settings.SPOOL_MAX_MB = 100
    before, heir, other = Spool("small"), Spool("small"), Spool("small-2")
    await before.keep([b"x" * 60])
    await before.close()
    with pytest.raises(OSError, match="SPOOL_MAX_MB"):
        await heir.keep([b"x" * 60])
    await other.keep([b"x" * 60])
    await heir.close()
    await other.close()


async def test_damaged_file_is_set_aside_and_keeps_no_other_waiting(spool: Spool, settings: Settings) -> None:
    """R7: what is before the damage is replayed, what is behind it is for a person; the next file is read."""
    damaged = SpoolFile.create(Path(settings.SPOOL_DIR), "main")
    damaged.append([b"1", b"2", b"3"])
    damaged.close()
    await spool.adopt()
    spoil(damaged.path, damaged.path.read_bytes().index(b"2"))
    await spool.keep([b"4"])
    for text in (b"1", b"4"):
        assert await spool.read(10) == [text]
        await spool.forget([text])
    assert spool.waiting == 0
    assert files(settings) == [damaged.path.with_suffix(TORN).name]


async def test_damaged_file_of_our_own_is_followed_by_another(spool: Spool, settings: Settings) -> None:
    """R7: nothing is kept in one that was set aside."""
    await spool.keep([b"1"])
    [name] = files(settings)
    spoil(Path(settings.SPOOL_DIR) / name, 0)
    assert await spool.read(10) == []
    await spool.keep([b"2"])
    assert await spool.read(10) == [b"2"]


def spoil(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"?")


async def test_what_was_not_even_begun_is_cleared_away(spool: Spool, settings: Settings) -> None:
    """R7: a process died between making a file and naming it. One that is about to name it is left alone."""
    await spool.keep([b"1"])
    await spool.forget(await spool.read(1))
    (settings.SPOOL_DIR / "main-left.new").touch()
    with (settings.SPOOL_DIR / "main-held.new").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        await spool.adopt()
    assert files(settings) == ["main-held.new"]
