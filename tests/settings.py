"""The product's settings, for the tests: test mode, and a data folder that goes away with the process."""

import os
from tempfile import TemporaryDirectory

# pytest-django reads the settings before any conftest.py, so the environment is made here. The child processes of a
# test inherit it, so that none goes live by accident, and may be given a folder of their own.
_data = TemporaryDirectory(prefix="omega-test-")
os.environ.setdefault("OMEGA_MODE", "test")
os.environ.setdefault("OMEGA_DATA_DIR", _data.name)
# Also where nobody sees standard error on a terminal.
os.environ.setdefault("LOG_FORMAT", "console")
# To make and drop a test database may take longer than a worker waits; `own_postgres` has a worker's limits.
os.environ.setdefault("OMEGA_ROLE", "command")

from omega_site.settings import *  # noqa: E402, F403
from omega_site.settings import CHANNEL_LAYERS, DATABASES, OMEGA_DATA_DIR  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: threads that share a database in memory do not wait for each other's locks.
    DATABASES["default"]["TEST"] = {"NAME": str(OMEGA_DATA_DIR / "test.sqlite3")}

# Where a test names no server for control messages, there is none: port 9 refuses.
CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["address"] = "redis://127.0.0.1:9/0"  # type: ignore[index]
# How slow a password is to guess is Django's to prove, and nearly every test of a page has a user.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
