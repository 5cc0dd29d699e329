"""Reads the environment: plain values by django-environ, secrets also from NAME_FILE or made at first start."""

import secrets
from pathlib import Path
from urllib.parse import quote

import environ
from django.core.exceptions import ImproperlyConfigured

MIN_SECRET_LENGTH = 50


class Environment(environ.Env):  # type: ignore[misc]  # django-environ ships no types
    """`environ.Env` that knows where secrets come from."""

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
        key = self.secret("SECRET_KEY") or _kept_secret(keep_in)
        if len(key) < MIN_SECRET_LENGTH or key.startswith(("django-insecure-", "change")):
            raise ImproperlyConfigured(
                f"SECRET_KEY is a default or shorter than {MIN_SECRET_LENGTH} characters. Unset it to have one "
                "made, or set a random one."
            )
        return key

    def redis_url(self, embedded: Path) -> str:
        """The primary Redis: REDIS_HOST and friends, else the address that the embedded server left in a file."""
        if host := self.str("REDIS_HOST", default=""):
            scheme = "rediss" if self.bool("REDIS_USE_SSL", default=False) else "redis"
            user = quote(self.str("REDIS_USERNAME", default=""), safe="")
            password = quote(self.secret("REDIS_PASSWORD"), safe="")
            login = f"{user}:{password}@" if password else ""
            return f"{scheme}://{login}{host}:{self.int('REDIS_PORT', default=6379)}/0"
        return embedded.read_text().strip() if embedded.exists() else "redis://127.0.0.1:6379/0"


def _kept_secret(path: Path) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(64))
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {path.parent} cannot be written ({error.strerror}). Make it writable or set "
            "OMEGA_DATA_DIR to a folder that is."
        ) from error
