"""Frames that were recorded on real exchanges. They are beside the repository, not in it, so they may be missing."""

from pathlib import Path
from typing import Final

import pytest

RECORDINGS: Final = Path(__file__).resolve().parents[2] / "shared" / "recordings"

needs_recordings = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="NOT PROVED ON REAL INPUT: no ../shared/recordings beside the repository"
)
