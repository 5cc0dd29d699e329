"""Who may see an account on its pages, and who may see the staff page."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from positions.models import Account
from tests.dashboard.accounts.putting import put_account
from tests.dashboard.accounts.visiting import DEBUG_PAGE, page, panel_of
from tests.dashboard.conftest import Visitor


@pytest.mark.parametrize("is_staff", [False, True])
def test_nothing_of_anothers_account_is_in_a_page(
    visitor: Visitor, ada_account: Account, bob_account: Account, redis_server: str, is_staff: bool
) -> None:
    """S: being staff opens the staff page, not other people's accounts."""
    visitor.user.is_staff = is_staff
    visitor.user.save()
    put_account(redis_server, bob_account)
    for path in ("/positions/", DEBUG_PAGE) if is_staff else ("/positions/",):
        html = page(visitor, path)
        assert "Of Ada" in html
        assert "SECRET" not in html
        assert f'data-account="{bob_account.pk}"' not in html


def test_a_group_and_a_superuser_may_see_an_account(visitor: Visitor, bob_account: Account, redis_server: str) -> None:
    """Its owner decides by the groups of it; a superuser sees all."""
    desk = Group.objects.create(name="desk")
    bob_account.groups.add(desk)
    assert "SECRET OF BOB" not in page(visitor)
    visitor.user.groups.add(desk)
    assert panel_of(page(visitor), "position").count("SECRET OF BOB") == 1
    visitor.user.groups.clear()
    visitor.user.is_superuser = True
    visitor.user.save()
    assert "SECRET OF BOB" in page(visitor)


def test_the_staff_page_is_for_staff(visitor: Visitor, redis_server: str) -> None:
    """403, whoever owns what."""
    assert visitor.client.get(DEBUG_PAGE).status_code == 403


def test_a_stranger_is_sent_to_the_login(client: Client, db: None) -> None:
    """Both pages are for those who are logged in."""
    for path in ("/positions/", DEBUG_PAGE):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={path}")
