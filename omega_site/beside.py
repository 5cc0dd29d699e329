"""What a program takes from the data folder that it is started in: its mode, and where what runs there is found.

Else a command beside the demo would ask real exchanges and keep their trades among replayed ones.
"""

import json
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Final

from django.core.exceptions import ImproperlyConfigured

from omega_site.data_folder import conflict, kept_mode, write_faults

# Those that a variable may name; the demo never uses them.
STORES: Final = ("DATABASE_URL", "REDIS_HOST", "FAILOVER_REDIS_HOST")
EXCHANGE: Final = "REPLAY_EXCHANGE_URL"
# By what commands reach what runs.
TOLD: Final = (
    EXCHANGE,
    *("OMEGA_HOST", "OMEGA_PORT", "HEALTH_CHECK_PORT"),
    *("WEBSOCKET_HOST", "WEBSOCKET_PORT", "WEBSOCKET_SSL_PORT"),
)
_FILE: Final = "start.json"


def tell(folder: Path, settings: Mapping[str, str]) -> None:
    """A start leaves here what it runs with, for the commands beside it."""
    with write_faults(folder):
        (folder / _FILE).write_text(json.dumps(settings))


def take(folder: Path, environ: MutableMapping[str, str], exported: frozenset[str], role: str) -> None:
    """Comes before .env, and after what is exported. Of ports only a command is told: a program opens its own."""
    if fault := conflict(folder, environ["OMEGA_MODE"] if "OMEGA_MODE" in exported else ""):
        raise ImproperlyConfigured(fault)
    mode = kept_mode(folder)
    if mode and "OMEGA_MODE" not in exported:
        environ["OMEGA_MODE"] = mode
        if mode == "replay":
            environ.update(dict.fromkeys(STORES, ""))
    wanted = TOLD if role == "command" else (EXCHANGE,)
    environ.update({name: value for name, value in _told(folder).items() if name in wanted and name not in exported})


def _told(folder: Path) -> dict[str, str]:
    """{} where nothing ever started, or the disk was full."""
    try:
        told = json.loads((folder / _FILE).read_text())
    except (OSError, ValueError):
        return {}
    return {name: str(value) for name, value in told.items()} if isinstance(told, dict) else {}
