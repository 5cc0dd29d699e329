"""Blanks out of a text whatever this process knows and nobody else has to."""

from functools import lru_cache
from urllib.parse import unquote, urlsplit

from django.conf import settings

from feeds.storage.servers import addresses
from positions.keys import opened
from positions.keys.redactor import Redactor


def redacted(text: str) -> str:
    """Without our keys and passwords, the accounts' keys as far as they were opened, and what is called like one."""
    return _redactor(*_secrets())(text)


@lru_cache(maxsize=1)
def _redactor(*secrets: str) -> Redactor:
    return Redactor(secrets)


def _secrets() -> list[str]:
    logins = [unquote(urlsplit(url).password or "") for url in addresses().values()]
    own = [settings.SECRET_KEY, settings.MONITORING_TOKEN, settings.EMAIL_HOST_PASSWORD]
    database = settings.DATABASES["default"].get("PASSWORD", "")
    ours = (*own, *settings.OMEGA_ENCRYPTION_KEYS, *logins, database)
    # A shorter one is a part of many a word.
    return [*(each for each in ours if len(each) >= opened.SHORTEST), *opened.known()]
