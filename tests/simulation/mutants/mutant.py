"""One bug: what to write in a module, and what instead of."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Mutant:
    """`module` is a path in the tree; `before` occurs in it once."""

    name: str
    module: str
    before: str
    after: str

    def is_plantable(self, root: Path = ROOT) -> bool:
        return (root / self.module).read_text().count(self.before) == 1

    def plant(self, root: Path) -> None:
        """Writes the bug into the copy of the tree that begins at `root`."""
        if not self.is_plantable(root):
            raise ValueError(f"{self.name}: {self.before!r} is not in {self.module} exactly once")
        path = root / self.module
        path.write_text(path.read_text().replace(self.before, self.after))
