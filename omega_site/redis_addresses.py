"""Where the two Redis servers are: in the environment, else in files that the embedded ones leave for each role."""

from enum import StrEnum
from ipaddress import IPv6Address
from pathlib import Path
from typing import Final
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured

from omega_site.data_folder import is_held
from omega_site.environment import Environment


class Server(StrEnum):
    """The pair."""

    PRIMARY = "primary"
    FAILOVER = "failover"


class Role(StrEnum):
    """Who talks to an embedded server, each with a password and rights of its own (redis_users.py)."""

    WORKER = "worker"
    WEB = "web"
    OPERATOR = "operator"


_VARIABLES: Final = {Server.PRIMARY: "REDIS", Server.FAILOVER: "FAILOVER_REDIS"}


def address_file(folder: Path, server: Server, role: Role) -> Path:
    """`redis_url` and `failover_redis_url` are the worker's; the other roles' names come after a dot."""
    suffix = "" if role == Role.WORKER else f".{role}"
    return folder / f"{_VARIABLES[server].lower()}_url{suffix}"


def refuse_half_a_pair(env: Environment) -> None:
    """Of what you have, the first is the primary: only what is missing after it is embedded."""
    if env.str("FAILOVER_REDIS_HOST", default="") and not env.str("REDIS_HOST", default=""):
        raise ImproperlyConfigured(
            "FAILOVER_REDIS_HOST is set while REDIS_HOST is not. Set REDIS_HOST too, or unset both to have two "
            "servers started."
        )


def redis_url(env: Environment, server: Server, folder: Path, program: str) -> str:
    """The server that NAME_HOST and friends name, else the embedded one; "" while neither is there.

    `operator` is for a person with redis-cli; whatever is not the web may do what a worker does. Beside a primary of
    yours the failover is embedded only while `make run` runs: else its file is left from an earlier start.
    """
    name = _VARIABLES[server]
    port = env.int(f"{name}_PORT", default=6379)
    if host := env.str(f"{name}_HOST", default=""):
        scheme = "rediss" if env.bool(f"{name}_USE_SSL", default=False) else "redis"
        return f"{scheme}://{_login(env, name)}{_host(name, host)}:{port}/0"
    if env.str("REDIS_HOST", default="") and not is_held(folder):
        return ""
    embedded = address_file(folder, server, Role.WEB if program == Role.WEB else Role.WORKER)
    return embedded.read_text().strip() if embedded.exists() else ""


def _login(env: Environment, name: str) -> str:
    user, password = env.str(f"{name}_USERNAME", default=""), env.secret(f"{name}_PASSWORD")
    if user and not password:
        raise ImproperlyConfigured(f"{name}_USERNAME is set while {name}_PASSWORD is not. Set both, or unset it.")
    return f"{quote(user, safe='')}:{quote(password, safe='')}@" if password else ""


def _host(name: str, host: str) -> str:
    """As it stands in a URL."""
    try:
        return f"[{IPv6Address(host.strip('[]'))}]" if ":" in host else host
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}_HOST is {host!r}. Set it to a name or an address, without scheme; the port is {name}_PORT."
        ) from error
