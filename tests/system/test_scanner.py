"""The scanner finds what was planted: otherwise its silence would prove nothing."""

import html
import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from tests.system.canary import Scanner

SECRET: Final = 'CANARY-4f09ac/+"5d7e'


@pytest.fixture
def scanner() -> Scanner:
    return Scanner({"secret": SECRET}, common="CANARY-")


@pytest.mark.parametrize("secret", [SECRET, SECRET[5:13], SECRET[-8:]])
@pytest.mark.parametrize("around", ["", "x", "xy", "xyz"])
@pytest.mark.parametrize(
    "encode",
    [
        str.encode,
        lambda text: text.encode().hex().encode(),
        lambda text: text.encode().hex().upper().encode(),
        lambda text: b64encode(text.encode()),
        lambda text: quote(text, safe="").encode(),
        lambda text: json.dumps({"text": text}).encode(),
        lambda text: html.escape(text).encode(),
    ],
)
def test_every_form_of_it_is_found(scanner: Scanner, encode: Callable[[str], bytes], around: str, secret: str) -> None:
    """S11: as a part of something else, wherever that begins."""
    assert scanner.find("here", encode(f"{around}{secret}{around}"))


def test_innocent_text_is_not(scanner: Scanner) -> None:
    """S11: such as the word itself, or the four characters that the admin shows."""
    assert scanner.find("here", b'CANARY- and "5d7e') == []


def test_every_file_is_read(scanner: Scanner, tmp_path: Path) -> None:
    """S11: also in a folder below, and in bytes that are no text."""
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "dump").write_bytes(b"\xff\x00" + SECRET.encode() + b"\x00")
    assert "below/dump has secret" in scanner.find_in_files(tmp_path)[0]
