"""Beat as a real process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.stack import Stack, running_stack
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A Redis server, and nothing of ours."""
    for stack in running_stack(tmp_path):
        stack.start_redis()
        yield stack


def errors(stack: Stack) -> int:
    """Of all processes, as they told."""
    with stack.redis() as client:
        return int(str(client.hget("counts", "errors||") or 0))


def test_errors_of_beat_are_counted(stack: Stack) -> None:
    """B-15: a schedule that it cannot read is one, though it tells so before it does anything else."""
    (stack.folder / "beat").write_text("no schedule at all")
    stack.start_beat()
    wait_until(lambda: errors(stack) == 1, 20, "the error is told")
    stack.end("beat")
    assert "Removing corrupted schedule" in stack.log("beat")
    assert errors(stack) == 1
