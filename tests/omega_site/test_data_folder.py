"""The data folder: one mode, one start at a time."""

from pathlib import Path

import pytest

from omega_site.data_folder import hold, keep_mode
from omega_site.start_error import StartError


@pytest.mark.parametrize(("first", "other"), [("live", "replay"), ("replay", "live")])
def test_folder_belongs_to_the_mode_of_its_first_start(tmp_path: Path, first: str, other: str) -> None:
    """The same mode is let in again; the other one is told which it is and what to set."""
    for _ in range(2):
        with hold(tmp_path, first):
            pass
    with (
        pytest.raises(StartError, match=f"made in mode {first} .* mode {other}. Set OMEGA_DATA_DIR"),
        hold(tmp_path, other),
    ):
        pass


def test_stamp_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    """A full disk at the first start does not lock the folder for ever."""
    (tmp_path / "mode").touch()
    keep_mode(tmp_path, "live")
    assert (tmp_path / "mode").read_text() == "live\n"


def test_second_start_is_refused(tmp_path: Path) -> None:
    """The folder is held for as long as the first one runs."""
    with hold(tmp_path, "live"), pytest.raises(StartError, match="already runs"), hold(tmp_path, "live"):
        pass
