"""Who may see which account."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from pytest_django import DjangoAssertNumQueries

from positions.models import Account
from positions.queries.visible import visible_accounts, visible_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    """Ada's; her desk may see it, too."""
    account = Account.objects.create(label="Main", owner=User.objects.create_user("ada"))
    account.groups.add(Group.objects.create(name="desk"), Group.objects.create(name="night desk"))
    return account


def names(user: User | AnonymousUser) -> list[str]:
    return [view.label for view in visible_accounts(user)]


def test_owner_group_and_superuser_see_it_once(account: Account) -> None:
    """However many ways lead to it."""
    colleague = User.objects.create_user("bob")
    colleague.groups.set(Group.objects.all())
    for user in (account.owner, colleague, User.objects.create_superuser("root")):
        assert names(user) == ["Main"]


def test_nobody_else_sees_it(account: Account) -> None:
    """Not staff, not who left, not a stranger."""
    staff = User.objects.create_user("carol", is_staff=True)
    gone = User.objects.create_superuser("dave", is_active=False)
    assert [names(user) for user in (staff, gone, AnonymousUser())] == [[], [], []]


def test_many_users_take_as_many_queries_as_one(
    account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One for their own and their groups', one more for those who see all; who is gone sees nothing."""
    colleague, root = User.objects.create_user("bob"), User.objects.create_superuser("root")
    colleague.groups.set(Group.objects.all())
    gone = User.objects.create_superuser("dave", is_active=False)
    other = Account.objects.create(label="Other", owner=colleague)
    with django_assert_num_queries(2):
        seen = visible_ids([account.owner.pk, colleague.pk, root.pk, gone.pk, 999])
    both = frozenset({account.pk, other.pk})
    assert seen == {account.owner.pk: {account.pk}, colleague.pk: both, root.pk: both, gone.pk: set(), 999: set()}
