"""What is logged at level DEBUG, seen from a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PROGRAM: Final = """
import logging, sys, django
django.setup()
for name in sys.argv[1:]:
    logging.getLogger(name).debug("a line of %s", name)
    logging.getLogger(name).info("a line of %s", name)
"""
# Each prints frames, headers or arguments: of a private line they hold a key, a passphrase or a signature.
TALKATIVE: Final = ("websockets.client", "httpx", "httpcore.connection", "httpcore.http11", "hpack.hpack", "asyncio")


def test_debug_prints_neither_frames_nor_headers(tmp_path: Path) -> None:
    """S11: whatever LOG_LEVEL says; our own lines are there."""
    environment = {"PATH": os.environ["PATH"], "OMEGA_DATA_DIR": str(tmp_path), "LOG_LEVEL": "DEBUG"}
    environment |= {"DJANGO_SETTINGS_MODULE": "omega_site.settings"}
    command = [sys.executable, "-c", PROGRAM, "positions.connection.stream", *TALKATIVE]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30).stderr
    assert "DEBUG positions.connection.stream a line of positions.connection.stream" in told
    assert [name for name in TALKATIVE if f"a line of {name}" in told] == []
