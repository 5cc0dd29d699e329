"""Autobahn's suite: where it comes from, and how it is run. https://github.com/crossbario/autobahn-testsuite"""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RELEASE: Final = "autobahntestsuite==25.10.1"
# 9 is about speed, 8 and 11 do not exist.
FRAMES: Final = ("1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*")
COMPRESSION: Final = (*FRAMES, "12.*", "13.*")
_IS_27: Final = "import sys, pip; sys.exit(sys.version_info[:2] != (2, 7))"
# A site folder, for the sake of packages that share a namespace.
_RUN: Final = "import site, sys; site.addsitedir(sys.argv.pop(1)); from autobahntestsuite.wstest import run; run()"


@dataclass(frozen=True)
class Suite:
    """A Python 2.7, and the folder that the suite is installed in."""

    python: str
    packages: Path

    def run(self, specification: Path) -> None:
        """Raises CalledProcessError. What it prints is kept beside the specification."""
        command = [self.python, "-c", _RUN, str(self.packages), "-m", "fuzzingclient", "-s", str(specification)]
        with specification.with_suffix(".log").open("wb") as log:
            subprocess.run(command, cwd=specification.parent, stdout=log, stderr=log, check=True)


def find_suite(folder: Path) -> Suite | None:
    """Installs the suite into the folder if it is not there; None on a machine without Python 2.7 or its pip."""
    python = next(filter(_is_usable, _candidates()), None)
    if python is None:
        return None
    packages = folder / "packages"
    if not (packages / "autobahntestsuite").exists():
        subprocess.run([python, "-m", "pip", "-qqq", "install", "--target", str(packages), RELEASE], check=True)
    return Suite(python, packages)


def _candidates() -> list[str]:
    named, found = os.environ.get("PYTHON2"), shutil.which("python2.7")
    versions = sorted(Path.home().glob(".pyenv/versions/2.7*/bin/python2.7"))
    return [path for path in (named, found, *map(str, versions)) if path]


def _is_usable(python: str) -> bool:
    return subprocess.run([python, "-c", _IS_27], capture_output=True).returncode == 0


def play(suite: Suite, name: str, port: int, cases: Sequence[str], folder: Path) -> dict[str, str]:
    """The suite's word for each case, such as OK, NON-STRICT or FAILED. A wrong close is a failure too."""
    specification = folder / f"{name}.json"
    specification.write_text(
        json.dumps(
            {
                "outdir": str(folder / name),
                "servers": [{"agent": name, "url": f"ws://127.0.0.1:{port}"}],
                "cases": cases,
                "exclude-cases": [],
                "exclude-agent-cases": {},
            }
        )
    )
    suite.run(specification)
    answers = json.loads((folder / name / "index.json").read_text())[name]
    return {case: _word(answer["behavior"], answer["behaviorClose"]) for case, answer in answers.items()}


def _word(behavior: str, closing: str) -> str:
    return behavior if closing in ("OK", "INFORMATIONAL") else "FAILED"
