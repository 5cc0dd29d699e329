"""What may take a socket's rights away, said to all processes once it is committed.

These are hints to look now. What counts is the look itself, which comes every four seconds without them: it also sees
what no signal tells, such as a QuerySet's update, a clock that runs out, or another program's SQL.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save

from dashboard.models import ApiToken
from dashboard.sockets.control import tell_look
from feeds.clock import SystemClock

# Of a row that was saved or deleted: whose sockets to look at; None for everybody's.
Whose = Callable[[Any], int | None]

# A login writes the user's row, and takes nothing away.
_HARMLESS: Final = {"last_login"}
_LINKS: Final = (
    User.groups.through,
    User.user_permissions.through,
    Group.permissions.through,
    # By name: the dashboard does not know the accounts' models.
    "positions.Account_groups",
)


def connect() -> None:
    """Once, when the applications are loaded."""
    _connect(User, lambda user: user.pk)
    _connect(ApiToken, lambda token: token.owner_id)
    _connect(Group, _everybody)
    _connect("positions.Account", _everybody)
    # After a logout the session's row is gone; user_logged_out comes before that.
    post_delete.connect(_session_deleted, sender=Session)
    for link in _LINKS:
        m2m_changed.connect(_link_changed, sender=link)


def _connect(sender: type[Model] | str, whose: Whose) -> None:
    post_save.connect(partial(_saved, whose), sender=sender, weak=False)
    post_delete.connect(partial(_deleted, whose), sender=sender, weak=False)


def _everybody(row: Model) -> None:
    return None


def _saved(
    whose: Whose, *, instance: Model, update_fields: frozenset[str] | None, using: str, created: bool, **_: Any
) -> None:
    # Nobody has a socket by what is new; who may see more now gets it with the next look.
    if not created and not (update_fields and update_fields <= _HARMLESS):
        _hint(whose(instance), using)


def _deleted(whose: Whose, *, instance: Model, using: str, **_: Any) -> None:
    _hint(whose(instance), using)


def _session_deleted(*, instance: Session, using: str, **_: Any) -> None:
    # Those that ran out are cleared away by the thousand; when one does, the look sees it.
    if instance.expire_date <= SystemClock().now():
        return
    if user_id := instance.get_decoded().get(SESSION_KEY):
        _hint(int(user_id), using)


def _link_changed(*, instance: Model, action: str, using: str, **_: Any) -> None:
    if action.startswith("post_"):
        _hint(instance.pk if isinstance(instance, User) else None, using)


def _hint(user_id: int | None, using: str) -> None:
    transaction.on_commit(partial(tell_look, user_id), using)
