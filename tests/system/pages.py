"""The commands that stand in the pages for users: in blocks of a shell, in indented blocks, and within sentences."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_FENCE: Final = re.compile(r"^\s*```(\w*)")
_SHELL: Final = ("sh", "bash", "shell", "console")
# What a command begins with, after variables that it sets. Anything else in a block without a language is no command.
_PROGRAMS: Final = (
    *("make", "manage.py", ".venv/bin/", "python", "pip", "redis-cli", "curl", "export", "ssh", "openssl", "docker"),
    *("sqlite3", "pg_dump", "pg_restore", "psql", "websocat", "systemctl", "apt", "cp", "tar", "git", "promtool"),
)
_COMMAND: Final = re.compile(rf"^(?:[A-Z_]+=\S*\s+)*(?:{'|'.join(map(re.escape, _PROGRAMS))})\S*\s+\S")
_WITHIN: Final = re.compile(r"`([^`]+)`")


class Command(NamedTuple):
    """`text` as it stands there, without what a shell takes for a comment."""

    page: str
    line: int
    text: str


def commands(root: Path, page: Path) -> Iterator[Command]:
    """Of one page, in their order. In a block of a shell each line is one, whatever it begins with."""
    name, language = str(page.relative_to(root)), None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if fence := _FENCE.match(line):
            language = None if language is not None else fence[1]
        elif language in _SHELL and line.strip():
            yield Command(name, number, _bare(line))
        elif language == "" or (language is None and line.startswith("    ")):
            if _COMMAND.match(line.strip()):
                yield Command(name, number, _bare(line))
        elif language is None:
            yield from (Command(name, number, text) for text in _WITHIN.findall(line) if _COMMAND.match(text))


def _bare(line: str) -> str:
    return re.sub(r"\s+#\s.*$", "", line.strip())
