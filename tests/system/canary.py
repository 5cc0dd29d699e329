"""Finds a secret in whatever was left behind: whole or in pieces of eight characters, plain or encoded."""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

PIECE: Final = 8


class Scanner:
    """`common` is what all secrets begin with, so that a piece of that alone tells nothing."""

    def __init__(self, secrets: Mapping[str, str], common: str = "") -> None:
        self._forms = {
            form: f"{name}: {piece!r}"
            for name, secret in secrets.items()
            for piece in _pieces(secret)
            if piece not in common
            for form in forms(piece)
        }

    def find(self, where: str, content: bytes) -> list[str]:
        """What was found there, in words; letters of hex and of percent codes count as their capitals."""
        lower = content.lower()
        return [f"{where} has {what}" for form, what in self._forms.items() if form in content or form in lower]

    def find_in_files(self, folder: Path) -> list[str]:
        """In every file, however deep."""
        files = (path for path in folder.rglob("*") if path.is_file())
        return [found for path in files for found in self.find(str(path.relative_to(folder)), path.read_bytes())]


def forms(piece: str) -> set[bytes]:
    """How a piece may be written."""
    raw = piece.encode()
    encoded = {quote(piece, safe=""), quote(piece, safe="").lower(), quote_plus(piece), html.escape(piece)}
    quoted = {json.dumps(piece)[1:-1], repr(piece)[1:-1]}
    return {raw, raw.hex().encode(), *(each.encode() for each in encoded | quoted), *_base64(raw)}


def _pieces(secret: str) -> Iterator[str]:
    return (secret[start : start + PIECE] for start in range(len(secret) - PIECE + 1))


def _base64(raw: bytes) -> Iterator[bytes]:
    """As part of a longer text: it may begin at any of three places, and its neighbours colour its ends."""
    for before in range(3):
        padded = bytes(before) + raw
        whole = padded[: len(padded) // 3 * 3]
        skipped = (0, 2, 3)[before]
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(whole)[skipped:]
