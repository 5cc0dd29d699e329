"""Who may see which account: its owner, the members of its groups, and superusers. Nobody else, staff or not."""

from typing import NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q

from positions.models import Account


class AccountView(NamedTuple):
    """An account as a page heads it. `environment` is live or demo."""

    id: int
    label: str
    environment: str
    is_enabled: bool


def visible_accounts(user: AbstractBaseUser | AnonymousUser) -> list[AccountView]:
    """The accounts that this user may see, by label. Blocking."""
    if not isinstance(user, User) or not user.is_active:
        return []
    accounts = Account.objects.order_by("label")
    if not user.is_superuser:
        accounts = accounts.filter(Q(owner=user) | Q(groups__user=user)).distinct()
    return [AccountView(*row) for row in accounts.values_list(*AccountView._fields)]
