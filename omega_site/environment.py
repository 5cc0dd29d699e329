"""Reads the environment and refuses what cannot work; secrets also come from NAME_FILE or are made at first start."""

import os
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import combinations
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TextIO

import environ
from django.core.exceptions import ImproperlyConfigured

from dashboard.sockets.origin import normal

MIN_SECRET_LENGTH = 50
LOG_FORMATS = ("console", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
DATABASE_SCHEMES = ("sqlite://", "postgres://", "postgresql://")
# Of an account of yours: the first start reads them, and no process of the site has them in its environment.
API_CREDENTIALS = ("BITGET_API_KEY", "BITGET_API_SECRET", "BITGET_API_PASSPHRASE")
_ENCRYPTION_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
# 0: not opened at all.
PORTS_THAT_MAY_STAY_CLOSED = ("WEBSOCKET_PORT", "WEBSOCKET_SSL_PORT", "HEALTH_CHECK_PORT")
# As it goes behind `Bearer` (RFC 6750 2.1).
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{32,}")
_INSTRUMENT = re.compile(r"[A-Z0-9]+-[A-Z0-9]+")
_KEY_PREFIX = re.compile(r"[A-Za-z0-9._:-]{0,64}")


class Environment(environ.Env):  # type: ignore[misc]  # django-environ ships no types
    """`environ.Env` that knows where secrets come from, and names the variable that it cannot use."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        """Every plain value comes through here, from the environment or by default."""
        try:
            value = super().get_value(var, *args, **kwargs)
        except ValueError as error:
            raise ImproperlyConfigured(f"{var} is {self.ENVIRON[var]!r}. Set it to a number.") from error
        if value == []:
            raise ImproperlyConfigured(f"{var} is empty. Name at least one, or unset it.")
        if var.endswith("_PORT"):
            _refuse_port(var, value)
        return value

    def read_file(self, path: Path, but_for: Sequence[str] = ()) -> None:
        """What .env says and the environment does not."""
        if not path.exists():
            return
        given = set(self.ENVIRON)
        self.read_env(path)
        for name in set(but_for) - given:
            self.ENVIRON.pop(name, None)

    def instruments(self) -> list[str]:
        """What is watched, each as BASE-QUOTE."""
        instruments: list[str] = self.list("OMEGA_INSTRUMENTS", default=["BTC-USDT"])
        for instrument in instruments:
            if not _INSTRUMENT.fullmatch(instrument):
                raise ImproperlyConfigured(
                    f"OMEGA_INSTRUMENTS holds {instrument!r}. Write each one as BASE-QUOTE, such as BTC-USDT, with "
                    "commas and no spaces between."
                )
        return instruments

    def origins(self, hosts: Sequence[str], form: str) -> list[str]:
        """ALLOWED_ORIGINS, else each of the hosts in this form; what a browser sends is compared with the whole."""
        origins: list[str] = self.list("ALLOWED_ORIGINS", default=[form.format(host) for host in hosts])
        for origin in origins:
            try:
                normal(origin)
            except ValueError as error:
                raise ImproperlyConfigured(
                    f"ALLOWED_ORIGINS holds {origin!r}. Write each one as https://name or https://name:port, with "
                    "nothing after it; where ALLOWED_HOSTS holds a pattern, the origins have to be named."
                ) from error
        return origins

    def count(self, name: str, default: int, least: int = 1) -> int:
        """A number that may not be less."""
        value = int(self.int(name, default=default))
        if value < least:
            raise ImproperlyConfigured(f"{name} is {value}. Set it to {least} or more.")
        return value

    def log_level(self) -> str:
        """From which level on lines are logged."""
        return self.one_of("LOG_LEVEL", LOG_LEVELS, default="INFO")

    def log_format(self, output: TextIO) -> str:
        """One event a line: for people where they see the output on a terminal, else for programs."""
        return self.one_of("LOG_FORMAT", LOG_FORMATS, default="console" if output.isatty() else "json")

    def one_of(self, name: str, values: Sequence[str], default: str) -> str:
        """A value out of a few."""
        value = str(self.str(name, default=default))
        if value not in values:
            raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of {', '.join(values)}.")
        return value

    def key_prefix(self) -> str:
        """What every key of ours in Redis begins with. Redis reads stars and brackets as patterns."""
        prefix = str(self.str("REDIS_KEY_PREFIX", default=""))
        if not _KEY_PREFIX.fullmatch(prefix):
            raise ImproperlyConfigured(
                f"REDIS_KEY_PREFIX is {prefix!r}. Use up to 64 letters, digits, dots, colons, dashes and underscores, "
                "such as omega:"
            )
        return prefix

    def database(self, default: Path) -> dict[str, Any]:
        """DATABASE_URL as Django's settings want it, else a SQLite file. It may hold a password and is never shown."""
        url = self.str("DATABASE_URL", default="")
        if not url:
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(default)}
        try:
            config: dict[str, Any] = self.db_url_config(url) if url.startswith(DATABASE_SCHEMES) else {}
        except ValueError:  # its port is no number
            config = {}
        if config.get("NAME", "") in ("", ":memory:"):
            raise ImproperlyConfigured(
                "DATABASE_URL cannot be used. Set it to postgres://user:password@host/name or sqlite:////path/to/file, "
                "or unset it for SQLite in the data folder."
            )
        return config

    def email(self, url: str) -> dict[str, Any]:
        """Django's settings for what EMAIL_URL says; without one nothing is sent. It may hold a password."""
        if not url:
            return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
        try:
            config: dict[str, Any] = self.email_url_config(url)
        except (ImproperlyConfigured, KeyError, ValueError):
            config = {}
        if not config.get("EMAIL_BACKEND"):
            raise ImproperlyConfigured(
                "EMAIL_URL cannot be used. Set it to smtp+tls://user:password@host:587, or unset it for no e-mail."
            )
        # The next letter waits for it.
        return {**config, "EMAIL_TIMEOUT": 10}

    def host(self, name: str, default: str) -> str:
        """A name or an address to listen at."""
        value = str(self.str(name, default=default)).strip()
        if not value:
            raise ImproperlyConfigured(f"{name} is empty. Set it to a name or an address, or unset it for {default}.")
        return value

    def certificate(self) -> tuple[str, str]:
        """Paths of the broadcast endpoint's certificate and of its key; both or none."""
        certificate, key = self.str("WEBSOCKET_SSL_CERT", default=""), self.str("WEBSOCKET_SSL_KEY", default="")
        if bool(certificate) != bool(key):
            given, missing = ("CERT", "KEY") if certificate else ("KEY", "CERT")
            raise ImproperlyConfigured(
                f"WEBSOCKET_SSL_{given} is set while WEBSOCKET_SSL_{missing} is not. Set both, or none for no wss."
            )
        return certificate, key

    def secret(self, name: str, default: str = "") -> str:
        """The value of NAME, else the stripped content of the file that NAME_FILE names, else the default."""
        if value := self.str(name, default=""):
            return str(value)
        path = self.str(f"{name}_FILE", default="")
        if not path:
            return default
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE points to {path}, which cannot be read: {error.strerror}."
            ) from error

    def secret_key(self, keep_in: Path) -> str:
        """SECRET_KEY, else the one made at first start and kept in `keep_in` for this user only."""
        key = self.secret("SECRET_KEY") or _kept(keep_in, lambda: secrets.token_urlsafe(64))
        if len(key) < MIN_SECRET_LENGTH or key.startswith(("django-insecure-", "change")):
            raise ImproperlyConfigured(
                f"SECRET_KEY is a default or shorter than {MIN_SECRET_LENGTH} characters. Unset it to have one "
                "made, or set a random one."
            )
        return key

    def monitoring_token(self, keep_in: Path) -> str:
        """MONITORING_TOKEN, else the one made at first start."""
        token = self.secret("MONITORING_TOKEN") or _kept(keep_in, lambda: secrets.token_urlsafe(32))
        if not _TOKEN.fullmatch(token):
            raise ImproperlyConfigured(
                "MONITORING_TOKEN cannot be used. Set it to 32 or more letters, digits and -._~+/= without spaces, or "
                "unset it to have one made."
            )
        return token

    def encryption_keys(self, keep_in: Path, secret_key: str) -> list[str]:
        """OMEGA_ENCRYPTION_KEYS, else the one made at first start. Never a piece of `secret_key`, which only signs."""
        text = self.secret("OMEGA_ENCRYPTION_KEYS") or _kept(keep_in, _new_encryption_key)
        keys = re.split(r"[,\s]+", text)
        if not all(_ENCRYPTION_KEY.fullmatch(key) for key in keys):
            raise ImproperlyConfigured(
                "OMEGA_ENCRYPTION_KEYS holds what is no key: each is 32 random bytes in URL-safe base64, with commas "
                "between. Unset it to have one made."
            )
        if any(key.removesuffix("=") in secret_key for key in keys):
            raise ImproperlyConfigured(
                "OMEGA_ENCRYPTION_KEYS holds a piece of SECRET_KEY. Unset one of them to have another one made."
            )
        return keys


def _refuse_port(var: str, value: int) -> None:
    may_be_0 = var in PORTS_THAT_MAY_STAY_CLOSED
    if not (0 if may_be_0 else 1) <= value < 65_536:
        or_0 = ", or to 0 to leave it closed" if may_be_0 else ""
        raise ImproperlyConfigured(f"{var} is {value}. Set it to a number from 1 to 65535{or_0}.")


def _new_encryption_key() -> str:
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _kept(path: Path, make: Callable[[], str]) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.read_text().strip():  # left by a full disk
            path.unlink(missing_ok=True)
        if not path.exists():
            _keep(path, make())
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {path.parent} cannot be written ({error.strerror}). Make it writable or set "
            "OMEGA_DATA_DIR to a folder that is."
        ) from error


def _keep(path: Path, secret: str) -> None:
    """Whole or not at all, with mode 0600 from the start. Of several processes the first wins; all read its secret."""
    with NamedTemporaryFile("w", dir=path.parent) as file, suppress(FileExistsError):
        file.write(secret)
        file.flush()
        os.link(file.name, path)


def refuse_shared_ports(**ports: int) -> None:
    """0 is not opened, so any of them may be 0."""
    for (name, port), (other, same) in combinations(ports.items(), 2):
        if port and port == same:
            raise ImproperlyConfigured(f"{name} and {other} are both {port}. Give each its own.")
