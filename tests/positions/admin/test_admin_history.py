"""What became of the accounts, in the admin."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from positions.models import Account, Fill, Order
from tests.positions.admin.rows import make_rows

pytestmark = pytest.mark.django_db
ROOMS = ("position", "positionchange", "order", "fill", "balancesnapshot", "drift", "streamevent")


@pytest.fixture
def account() -> Account:
    account = Account.objects.create(label="Of Ada", owner=User.objects.create_user("ada", is_staff=True))
    make_rows(account)
    return account


@pytest.mark.parametrize("room", ROOMS)
def test_rows_are_read_and_nothing_else(client: Client, account: Account, room: str) -> None:
    """What workers write, nobody edits."""
    client.force_login(User.objects.create_superuser("root"))
    listed = client.get(f"/admin/positions/{room}/", {"account": account.pk})
    assert listed.status_code == 200
    assert listed.context["cl"].result_count == 1
    assert client.get(f"/admin/positions/{room}/add/").status_code == 403


@pytest.mark.parametrize("room", ROOMS)
def test_staff_see_rows_of_their_own_accounts_only(client: Client, account: Account, room: str) -> None:
    """Neither in the list nor among the filters."""
    bob = User.objects.create_user("bob", is_staff=True)
    client.force_login(bob)
    for user in (bob, account.owner):
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="positions"))
    assert "Of Ada" not in client.get(f"/admin/positions/{room}/").content.decode()
    client.force_login(account.owner)
    assert "Of Ada" in client.get(f"/admin/positions/{room}/").content.decode()


def test_orders_are_told_in_words(client: Client, account: Account) -> None:
    """Issue 8, point 5: as on the pages, and not in the codes of the venue."""
    Order.objects.update(kind="position_take_profit", status="partially_filled")
    client.force_login(User.objects.create_superuser("root"))
    page = client.get("/admin/positions/order/").content.decode()
    assert "take-profit of the position" in page
    assert "partially filled" in page


def test_a_row_of_anothers_account_is_not_found_by_its_address(client: Client, account: Account) -> None:
    """The admin sends them back to its start page."""
    bob = User.objects.create_user("bob", is_staff=True)
    bob.user_permissions.set(Permission.objects.filter(content_type__app_label="positions"))
    client.force_login(bob)
    assert client.get(f"/admin/positions/fill/{Fill.objects.get().pk}/change/").status_code == 302


def test_a_filter_that_makes_no_sense_is_ignored(client: Client, account: Account) -> None:
    """Addresses are typed by people, too."""
    client.force_login(account.owner)
    account.owner.user_permissions.set(Permission.objects.filter(content_type__app_label="positions"))
    assert "Of Ada" in client.get("/admin/positions/fill/", {"account": "all of them"}).content.decode()
