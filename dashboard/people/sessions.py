"""Where somebody is logged in, and the end of that. What ends a session ends its sockets: sockets/revocation.py."""

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User


def sessions_of(user: User) -> list[UserSession]:
    """The newest first. Those that ended by themselves are left out, and forgotten."""
    return sorted(UserSession.objects.purge_and_list(user), key=lambda each: each.created_at, reverse=True)


def end(session: UserSession) -> None:
    session.end()


def end_all(user: User) -> None:
    """One by one: a bulk delete tells nobody. Each login is noted; what was from before that, a migration has ended."""
    for session in UserSession.objects.filter(user=user):
        session.end()
