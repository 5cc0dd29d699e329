"""The peers' own environments under var/bench/: made at the first run, kept for later ones."""

import subprocess
import venv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from tests.bench.program import ROOT, Program

ENVIRONMENTS = ROOT / "var" / "bench"
INSTALL_WITHIN_S = 300


class Peer(NamedTuple):
    """A package of others that does what we do."""

    name: str
    package: str
    version: str
    module: str
    extra: str = ""


READERS = (
    Peer("cryptofeed 2.4.1", "cryptofeed", "2.4.1", "tests.bench.peers.cryptofeed"),
    Peer("ccxt.pro 4.5.90", "ccxt", "4.5.90", "tests.bench.peers.ccxt"),
)
WRITERS = (Peer("redis-py 8.1.0 multidb", "redis", "8.1.0", "tests.bench.peers.multidb", extra="[circuit-breaker]"),)


class NotInstalled(RuntimeError):
    """A peer could not be installed; the message is pip's last line."""


def available(peers: Iterable[Peer], say: Callable[[str], object]) -> list[Program]:
    """Those that are installed or can be. Each other one is skipped, and said to be."""
    programs = []
    for peer in peers:
        try:
            python = _installed(peer, say)
        except NotInstalled as error:
            say(f"SKIPPED {peer.name}: cannot be installed: {error}")
            continue
        programs.append(Program(peer.name, python, peer.module))
    return programs


def _installed(peer: Peer, say: Callable[[str], object]) -> Path:
    folder = ENVIRONMENTS / f"{peer.package}-{peer.version}"
    python = folder / "bin" / "python"
    # pip installs what was asked for last, so its mark means that all it needs is there as well.
    if not any(folder.glob(f"lib/python*/site-packages/{peer.package}-{peer.version}.dist-info")):
        say(f"installing {peer.name} into {folder.relative_to(ROOT)} (once)")
        venv.create(folder, clear=True, with_pip=True)
        _install(python, f"{peer.package}{peer.extra}=={peer.version}")
    return python


def _install(python: Path, requirement: str) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]
    try:
        subprocess.run(command, check=True, timeout=INSTALL_WITHIN_S, capture_output=True, text=True)
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"pip took more than {INSTALL_WITHIN_S} s") from error
    except subprocess.CalledProcessError as error:
        raise NotInstalled(error.stderr.strip().rpartition("\n")[2]) from error
