"""API tokens for tests."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

from django.contrib.auth.models import Permission, User

from dashboard.models import ApiToken
from dashboard.tokens.secret import make, parse
from feeds.clock import SystemClock


def token_of(owner: User, **columns: Any) -> tuple[ApiToken, str]:
    """The row, and the text that opens it."""
    text, ends = make(), SystemClock().now() + timedelta(days=1)
    prefix, digest = parse(text)
    row = {"name": "test", "prefix": prefix, "digest": digest, "expires_at": ends, **columns}
    return ApiToken.objects.create(owner=owner, **row), text


def right_to_publish() -> Permission:
    return Permission.objects.get(codename="publish", content_type__app_label="dashboard")


def shown_in(page: str) -> str | None:
    """The whole token that somebody can read on this page."""
    found = re.search(r"omega_[a-z0-9]{8}_[\w-]{43}", unescape(page))
    return found[0] if found else None
