"""A program that makes users with a session and a token each, and prints what they may come in with, as JSON."""

import json
import sys

import django

django.setup()

# They are models.
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from tests.dashboard.sockets.talking import new_token  # noqa: E402


def make(count: int) -> list[dict[str, str]]:
    names = [f"listener-{number}" for number in range(count)]
    User.objects.bulk_create([User(username=name, password="!") for name in names])
    return [{"session": _session(user), "token": new_token(user)} for user in User.objects.filter(username__in=names)]


def _session(user: User) -> str:
    """As a login leaves it, without the seconds that a password takes to check."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key or ""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(make(int(sys.argv[1]))))
