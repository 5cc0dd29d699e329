"""The ceiling of a worker's memory."""

from pathlib import Path

import pytest

from feeds.worker import memory
from feeds.worker.memory import Ceiling, resident_mb


@pytest.mark.parametrize(("max_mb", "calls"), [(1, 1), (100_000, 0), (0, 0)])
def test_too_much_memory_is_handed_over(max_mb: int, calls: int) -> None:
    """W6: above the ceiling it says why; 0 is no ceiling."""
    reasons: list[str] = []
    Ceiling(max_mb, reasons.append).look()
    assert [reason.endswith(f"MB of memory, and may have {max_mb}") for reason in reasons] == [True] * calls


def test_memory_is_what_is_resident() -> None:
    """W6: it grows with what the process really uses."""
    before = resident_mb()
    hoard = bytearray(64 * 1024 * 1024)
    after = resident_mb()
    assert before is not None
    assert after is not None
    assert 60 < after - before < 80
    del hoard


def test_system_that_does_not_tell_is_told_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """W6: without /proc a ceiling cannot be held; that is said once, and nothing is handed over."""
    monkeypatch.setattr(memory, "_STATM", tmp_path / "missing")
    reasons: list[str] = []
    Ceiling(1, reasons.append).look()
    assert not reasons
    assert "WORKER_MEMORY_MAX_MB is not held" in caplog.text
