"""What is logged at level DEBUG, seen from a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

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


@pytest.mark.parametrize("form", ["console", "json"])
def test_debug_prints_neither_frames_nor_headers(tmp_path: Path, form: str) -> None:
    """S11: whatever LOG_LEVEL says; our own lines are there."""
    environment = {
        "PATH": os.environ["PATH"],
        "OMEGA_DATA_DIR": str(tmp_path),
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": form,
    }
    environment |= {"DJANGO_SETTINGS_MODULE": "omega_site.settings"}
    command = [sys.executable, "-c", PROGRAM, "positions.connection.stream", *TALKATIVE]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30).stdout
    assert "DEBUG" in told
    assert "a line of positions.connection.stream" in told
    assert [name for name in TALKATIVE if f"a line of {name}" in told] == []


@pytest.mark.parametrize(("role", "output"), [("command", "stderr"), ("worker", "stdout")])
def test_everything_is_one_object_a_line(tmp_path: Path, role: str, output: str) -> None:
    """S15 B-16: on standard output, or beside what a command was asked for; also what Django says of a failure while
    DEBUG is on, and what Python warns of; each once.
    """
    program = """
import logging, warnings, django
django.setup()
logging.getLogger("django.request").error("a failure\\nof ours")
warnings.warn("an old way")
logging.getLogger("celery").critical("it ends")
from celery.worker.consumer import consumer
logging.getLogger(consumer.__name__).error(consumer.CONNECTION_ERROR, "redis://", "refused", "again")
logging.getLogger(consumer.__name__).error("another error")
"""
    environment = {"PATH": os.environ["PATH"], "OMEGA_DATA_DIR": str(tmp_path), "DEBUG": "1", "LOG_FORMAT": "json"}
    environment |= {"DJANGO_SETTINGS_MODULE": "omega_site.settings", "OMEGA_ROLE": role}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)
    lines = [json.loads(line) for line in getattr(done, output).splitlines()]
    assert [(line["logger"], line["level"]) for line in lines] == [
        ("django.request", 2),
        ("py.warnings", 1),
        ("celery", 2),
        # A broker that is away for a moment comes back by itself.
        ("celery.worker.consumer.consumer", 1),
        ("celery.worker.consumer.consumer", 2),
    ]
