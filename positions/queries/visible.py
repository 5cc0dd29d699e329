"""Who may see which account: its owner, the members of its groups, and superusers. Nobody else, staff or not."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User

from positions.models import Account


class AccountView(NamedTuple):
    """An account as a page heads it. `environment` is live or demo."""

    id: int
    label: str
    environment: str
    is_enabled: bool


def visible_accounts(user: AbstractBaseUser | AnonymousUser) -> list[AccountView]:
    """The accounts that this user may see, by label. Blocking."""
    accounts = Account.objects.order_by("label").filter(pk__in=ids_of(user))
    return [AccountView(*row) for row in accounts.values_list(*AccountView._fields)]


def ids_of(user: AbstractBaseUser | AnonymousUser) -> frozenset[int]:
    """The accounts that this user may see. Blocking."""
    return visible_ids([user.pk])[user.pk] if isinstance(user, User) else frozenset()


def ids_of_group(group_id: int) -> frozenset[int]:
    """The accounts that every member of this group may see. Blocking."""
    return frozenset(Account.objects.filter(groups=group_id).values_list("pk", flat=True))


def visible_ids(user_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """By user the accounts that they may see: of all these users in one query, two with a superuser. Blocking."""
    users = User.objects.filter(pk__in=user_ids, is_active=True)
    owned = users.values_list("pk", "is_superuser", "accounts")
    pairs = owned.union(users.values_list("pk", "is_superuser", "groups__accounts"))
    seen: defaultdict[int, set[int]] = defaultdict(set)
    superusers = set()
    for user_id, is_superuser, account_id in pairs:
        if is_superuser:
            superusers.add(user_id)
        elif account_id is not None:
            seen[user_id].add(account_id)
    everything = frozenset(Account.objects.values_list("pk", flat=True)) if superusers else frozenset()
    return {user_id: everything if user_id in superusers else frozenset(seen[user_id]) for user_id in user_ids}
