"""The three roles: groups that are made with the tables, and that an administrator may change as any other."""

from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, Group, Permission, PermissionsMixin
from django.db.models import Q

VIEWER, OPERATOR, ADMINISTRATOR = "Viewer", "Operator", "Administrator"
SEE_SYSTEM: Final = "dashboard.view_system"
# Beside the right to see each table of the market.
_OPERATOR_MAY: Final = ("view_system", "view_liveclient", "disconnect_liveclient", "override_circuit")
_APPS: Final = ("feeds", "positions", "dashboard", "auth")


def make_roles() -> None:
    """Those that are missing, each with its rights. What an administrator made of one stays as it is."""
    for name, may in ((VIEWER, Q(pk=None)), (OPERATOR, _of_operators()), (ADMINISTRATOR, _of_administrators())):
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            # Nobody is in it yet: no socket has to hear of it, as it would by `set`.
            given = [group.permissions.through(group=group, permission=each) for each in Permission.objects.filter(may)]
            group.permissions.through.objects.bulk_create(given)


def may_operate(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Staff, and whoever was given the right to see the system: by hand, or with a role."""
    if not isinstance(user, PermissionsMixin) or not user.is_active:
        return False
    return bool(getattr(user, "is_staff", False) or user.has_perm(SEE_SYSTEM))


def may_operate_as(group: Group) -> bool:
    """Whether every member of it may, whatever else they are."""
    label, codename = SEE_SYSTEM.split(".")
    return group.permissions.filter(content_type__app_label=label, codename=codename).exists()


def _of_operators() -> Q:
    seen = Q(content_type__app_label="feeds", codename__startswith="view_")
    return seen | Q(content_type__app_label__in=("feeds", "dashboard"), codename__in=_OPERATOR_MAY)


def _of_administrators() -> Q:
    return Q(content_type__app_label__in=_APPS)
