"""A real terminal of a given size, driven by keys and read as a person reads it."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.waiting import wait_in_thread_until

# A look costs a process.
_LOOK_EVERY_S = 0.1

needs_tmux = pytest.mark.skipif(
    not shutil.which("tmux") and not os.environ.get("CI"), reason="tmux is not installed: apt-get install tmux"
)


@dataclass(frozen=True)
class Terminal:
    """One window of a tmux server of its own."""

    socket: str

    def type(self, line: str) -> None:
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", "Enter")

    def press(self, key: str) -> None:
        self._tmux("send-keys", key)

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def wait_for(self, *words: str, within: float = 20.0) -> str:
        """The first screen that holds all of these."""
        seen: list[str] = []

        def has_all() -> bool:
            seen[:] = [self.screen()]
            return all(word in seen[0] for word in words)

        try:
            wait_in_thread_until(has_all, within, every=_LOOK_EVERY_S)
        except AssertionError:
            raise AssertionError(f"not within {within:g} s: {words} in\n{seen[0]}") from None
        return seen[0]

    def is_clean(self) -> bool:
        """Whether its own screen is shown, with a cursor."""
        return self._tmux("display-message", "-p", "#{alternate_on}#{cursor_flag}").strip() == "01"

    def resize(self, width: int, height: int) -> None:
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(("tmux", "-L", self.socket, *arguments), capture_output=True, text=True, timeout=10)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def terminal(width: int, height: int, environment: Mapping[str, str]) -> Iterator[Terminal]:
    """A shell in it waits for a line."""
    name = f"omega-{uuid.uuid4().hex[:8]}"
    start = ("tmux", "-L", name, "-f", "/dev/null", "-u", "new-session", "-d", "-x", str(width), "-y", str(height))
    shell = {**environment, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    subprocess.run((*start, "bash --norc --noprofile"), env=shell, check=True, timeout=10)
    try:
        yield Terminal(name)
    finally:
        subprocess.run(("tmux", "-L", name, "kill-server"), check=False, timeout=10)
