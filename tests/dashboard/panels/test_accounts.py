"""Panels of accounts on any page: whose they show, and what they say where there is nothing to show."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from dashboard.panels import builtin
from dashboard.panels.page import read_page
from dashboard.panels.placed import row
from positions.models import Account
from positions.queries.visible import visible_accounts
from tests.dashboard.accounts.putting import put
from tests.dashboard.accounts.samples import LONG, ORDERS, account_state, orders_state, positions_state
from tests.dashboard.conftest import Visitor

KINDS = ("position", "orders", "balances", "changes")


def text_of(visitor: Visitor, account: int | None) -> str:
    """A page with all panels of this account, as people read it: no tags."""
    request = RequestFactory().get("/")
    request.user = visitor.user
    page = read_page(visible_accounts(visitor.user), [replace(each, account=account) for each in row(*KINDS)])
    html = render_to_string("dashboard/page.html", {"page": page, "now": page.now, "mode": "REPLAY"}, request)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def put_all(url: str, account: Account) -> None:
    now = datetime.now(UTC)
    put(url, positions_state(account.pk, LONG, now=now), orders_state(account.pk, *ORDERS))
    put(url, account_state(account.pk, now=now))


def test_panels_show_the_account_that_they_were_placed_for(
    visitor: Visitor, ada_account: Account, bob_account: Account, redis_server: str
) -> None:
    """B-10, B-11: all of it stands there before any script runs."""
    put_all(redis_server, ada_account)
    text = text_of(visitor, ada_account.pk)
    for part in (
        "▲ LONG BTCUSDT",
        "+34.70 USDT (+0.36%) on notional +3.61% ROE, on margin",
        "calm 9.55% away, 12.4 ATR",
    ):
        assert part in text
    for part in ("trigger 62,000.00", "10,034.7", "No position has changed since"):
        assert part in text


def test_a_panel_without_an_account_shows_the_first_that_its_viewer_may_see(
    visitor: Visitor, ada_account: Account, bob_account: Account, redis_server: str
) -> None:
    """So a page that everybody has shows each their own."""
    put_all(redis_server, ada_account)
    assert "Of Ada" in text_of(visitor, None)


def test_who_may_not_see_an_account_is_told_so_and_nothing_of_it(
    visitor: Visitor, bob_account: Account, redis_server: str
) -> None:
    """S: neither its name nor a number, nor whether it exists; and whom to ask."""
    put_all(redis_server, bob_account)
    told = [text_of(visitor, account).replace(str(bob_account.pk), "") for account in (bob_account.pk, 999)]
    assert all("You may not see this account. Its owner sees it" in text for text in told)
    assert not any(part in text for text in told for part in ("SECRET", "BTCUSDT", "10,034.7"))


@pytest.mark.parametrize(("is_staff", "advice"), [(False, "An administrator adds one"), (True, "Add one in the admin")])
def test_without_any_account_a_panel_says_what_to_do(
    visitor: Visitor, redis_server: str, is_staff: bool, advice: str
) -> None:
    """A fresh installation has none."""
    visitor.user.is_staff = is_staff
    assert advice in text_of(visitor, None)


def test_the_positions_page_has_the_same_panels_for_each_account() -> None:
    """Each with a number of its own; without an account one that says what to do."""
    panels = builtin.of_accounts([7, 3])
    assert [each.account for each in panels] == [7] * 4 + [3] * 4
    assert [each.number for each in panels] == list(range(1, 9))
    assert [each.kind.code for each in builtin.of_accounts([])] == ["position"]
