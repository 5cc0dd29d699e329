"""Accounts in the admin, with a real client and BitGet's desk: what is saved, refused, shown and to whom."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from positions.admin.forms import TriedForm
from positions.keys.encryption import open_credentials, seal
from positions.models import Account, BalanceSnapshot
from tests.exchange.bitget.desk import BitgetDesk
from tests.feeds.page import text_of
from tests.positions.admin.page import ADD, CHANGE, KEY, SECRETS, TEST, Page, a_moment_later, key_at

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["classic", "unified"])
def test_key_that_may_only_read_is_saved_and_never_shown_again(desk: BitgetDesk, page: Page, kind: str) -> None:
    """D-04: what BitGet told of it is kept; its end is all that the page has of it; the history names fields only."""
    key_at(desk, uid="4711", kind=kind)
    assert page.add() == {}
    account = Account.objects.get()
    assert open_credentials(account) == KEY
    assert (account.is_enabled, account.uid, account.kind) == (True, "4711", kind)
    assert account.verdict["outcome"] == "taken"
    assert page.said[:2] == [
        "BitGet takes this key. It may read.",
        "This key works from every IP address. Bind it to the address of this machine.",
    ]
    shown = page.shown(account)
    assert "••••cdef" in shown
    assert "BitGet takes this key" in shown
    assert not any(secret in shown for secret in SECRETS.values())
    a_moment_later(desk)
    assert page.change(account, **SECRETS) == {}
    history = " ".join(str(each) for each in LogEntry.objects.values_list("change_message", "object_repr"))
    assert "Passphrase" in history
    assert not any(secret in history for secret in SECRETS.values())


def test_key_of_which_nothing_is_known_is_not_checked(page: Page) -> None:
    """D-04: an account of the environment, before its line was opened."""
    account = Account.objects.create(label="A", owner=page.user)
    text = text_of(page.shown(account).encode())
    assert "This key is not checked yet." in text
    assert "None" not in text.partition("What BitGet said")[2]


def test_browsers_neither_fill_in_nor_keep_what_is_secret(page: Page) -> None:
    """D-04: "off" is not heeded by their password managers, which would type the login's password there."""
    form = page.client.get(reverse(ADD)).content.decode()
    assert form.count('type="password"') == form.count('autocomplete="new-password"') == 3


@pytest.mark.parametrize("rights", [("read", "trade"), ("read", "withdraw"), ("read", "trade", "withdraw")])
def test_key_that_may_trade_is_refused(desk: BitgetDesk, page: Page, rights: tuple[str, ...]) -> None:
    """B12: nothing is saved."""
    key_at(desk, *rights)
    assert "Make one that may only read" in page.add()["__all__"][0]
    assert not Account.objects.exists()


def test_key_that_may_trade_is_flagged_where_there_is_a_reason(desk: BitgetDesk, page: Page) -> None:
    """B12: at once and on its page; without the reason it would have to be switched off."""
    key_at(desk, "read", "trade")
    assert page.add(override_rights=["trade"], override_reason="it is the only one") == {}
    assert "This key may trade. It is taken all the same: it is the only one" in page.said
    account = Account.objects.get()
    assert "It is taken all the same" in page.shown(account)
    a_moment_later(desk)
    assert "Make one that may only read" in page.change(account)["__all__"][0]
    assert page.change(account, is_enabled=None) == {}


def test_reason_for_one_key_is_none_for_a_key_that_may_more(desk: BitgetDesk, page: Page) -> None:
    """B12: our bot may trade; that is no reason to let a key of the same account move money away."""
    key_at(desk, "read", "trade", uid="77")
    said = {"override_rights": ["trade"], "override_reason": "our bot trades with it"}
    assert page.add(**said) == {}
    second = {"api_key": "bg_second_key_0123456789", "secret": "sec-second", "passphrase": "pass-second"}
    desk.open_account(*second.values(), uid="77", rights=("read", "trade", "withdraw"))
    a_moment_later(desk)
    refused = page.change(Account.objects.get(), **second, **said)
    assert "This key may move money away. Make one that may only read" in refused["__all__"][0]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"secret": "another-secret-that-is-wrong"}, "signature refused: check secret, passphrase, clock"),
        ({"passphrase": "another-passphrase-that-is-wrong"}, "passphrase refused"),
        ({"api_key": "bg_another_key_that_is_wrong"}, "API key refused"),
        ({"environment": "demo"}, "demo"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    desk: BitgetDesk, page: Page, wrong: dict[str, str], sentence: str
) -> None:
    """B-05 D-04: and nothing is saved."""
    key_at(desk)
    assert sentence in page.add(**wrong)["__all__"][0]
    assert not Account.objects.exists()


def test_key_of_another_account_is_refused(desk: BitgetDesk, page: Page) -> None:
    """B11: the stored key stays."""
    key_at(desk, uid="4711")
    page.add()
    account = Account.objects.get()
    a_moment_later(desk)
    desk.open_account("bg_the_key_of_another", "secret-of-another", "passphrase-of-another", uid="4712")
    other = {"api_key": "bg_the_key_of_another", "secret": "secret-of-another", "passphrase": "passphrase-of-another"}
    assert "another BitGet account (4712) than the one before (4711)" in page.change(account, **other)["__all__"][0]
    account.refresh_from_db()
    assert (open_credentials(account), account.revision) == (KEY, 1)


def test_unreachable_venue_saves_switched_off(redis_server: str, page: Page) -> None:
    """D-04: nobody knows what the key may do, so nobody follows it; what was typed is not lost."""
    assert page.add() == {}
    account = Account.objects.get()
    assert (account.is_enabled, account.verdict["outcome"]) == (False, "not checked")
    assert open_credentials(account) == KEY
    assert "BitGet could not be asked" in page.said[0]
    assert page.said[1] == "A is switched off: nobody follows it."


def test_key_whose_rights_are_not_told_is_saved_switched_off(desk: BitgetDesk, page: Page) -> None:
    """B12: it must not pass for one that only reads."""
    key_at(desk)
    desk.faults.lies["account/info"] = {"userId": "1001", "authorities": None}
    assert page.add() == {}
    account = Account.objects.get()
    assert (account.is_enabled, account.verdict["outcome"]) == (False, "not checked")


def test_empty_fields_keep_the_key_and_one_alone_is_refused(desk: BitgetDesk, page: Page) -> None:
    """D-04: BitGet is asked for a new key, and not for a new label."""
    key_at(desk)
    page.add()
    account, asked = Account.objects.get(), len(desk.calls)
    assert page.change(account, label="B") == {}
    account.refresh_from_db()
    assert (account.label, account.revision, len(desk.calls)) == ("B", 1, asked)
    assert "they belong together" in page.change(account, secret="another")["__all__"][0]
    assert "they belong together" in page.add(label="C", passphrase="")["__all__"][0]


def test_end_of_a_key_is_remembered(desk: BitgetDesk, page: Page) -> None:
    """D-04: as its owner says it, because BitGet does not; a new label does not change it, a day that is over does."""
    key_at(desk)
    soon = (timezone.now() + timedelta(days=5)).date()
    assert page.add(ends_on=soon) == {}
    assert f"This key ends on {soon}. Make a new one before." in page.said
    account = Account.objects.get()
    assert f'value="{soon}"' in page.shown(account)
    assert page.change(account, label="B", ends_on=soon) == {}
    account.refresh_from_db()
    assert account.expires_at
    assert account.expires_at.date() == soon
    a_moment_later(desk)
    assert "This key ended on 2026-01-31" in page.change(account, ends_on="2026-01-31")["__all__"][0]


def test_button_tells_of_a_key_that_was_deleted(desk: BitgetDesk, page: Page) -> None:
    """D-04: it is switched off; asked again at once, it is not asked again."""
    key_at(desk)
    page.add()
    account = Account.objects.get()
    desk.accounts[0].revoke()
    said = page.test(account)
    assert "API key refused" in said
    assert "A is switched off" in said
    account.refresh_from_db()
    assert (account.is_enabled, account.verdict["outcome"]) == (False, "refused")
    asked = len(desk.calls)
    assert "It was tested just now" in page.test(account)
    assert len(desk.calls) == asked


def test_address_of_this_machine_says_nothing_of_the_key(desk: BitgetDesk, page: Page) -> None:
    """B4: the key is bound to a worker's address; it is saved, stays on when it is tested, and the page says so."""
    key_at(desk, addresses=("192.0.2.1",))
    assert page.add() == {}
    account = Account.objects.get()
    assert (account.is_enabled, account.verdict["outcome"]) == (True, "not checked from here")
    assert "our IP address is not on the key's list" in page.test(account)
    account.refresh_from_db()
    assert account.is_enabled


def test_button_without_an_answer_changes_nothing(desk: BitgetDesk, page: Page, settings: Settings) -> None:
    """D-04: what was known of the key is still what is known."""
    key_at(desk)
    page.add()
    settings.REPLAY_EXCHANGE_URL = "http://127.0.0.1:9"
    account = Account.objects.get()
    assert "BitGet could not be asked" in page.test(account)
    account.refresh_from_db()
    assert (account.is_enabled, account.verdict["outcome"]) == (True, "taken")


def test_others_see_what_is_theirs_and_change_what_they_own(redis_server: str, page: Page, client: Client) -> None:
    """D-04: with every permission of the admin, but not those of a superuser."""
    group = Group.objects.create(name="readers")
    somebody = User.objects.create_user("somebody", is_staff=True)
    somebody.user_permissions.add(*Permission.objects.filter(content_type__model="account"))
    somebody.groups.add(group)
    for label, owner in (("own", somebody), ("shared", page.user), ("hidden", page.user)):
        account = Account(label=label, owner=owner)
        seal(account, KEY)
        account.save()
    Account.objects.get(label="shared").groups.add(group)
    client.force_login(somebody)
    listed = client.get(reverse("admin:positions_account_changelist")).context["cl"].result_list
    assert [account.label for account in listed] == ["own", "shared"]
    own, shared, hidden = (Account.objects.get(label=label) for label in ("own", "shared", "hidden"))
    theirs = Page(client, somebody)
    assert "••••cdef" in theirs.shown(shared)
    assert "password" not in theirs.shown(shared)
    assert client.post(reverse(CHANGE, args=[shared.pk]), {"label": "mine"}).status_code == 403
    assert client.post(reverse(TEST, args=[shared.pk])).status_code == 403
    assert client.post(reverse(TEST, args=[hidden.pk])).status_code == 404
    assert theirs.change(own, label="renamed", is_enabled=None, owner=page.user.pk) == {}
    own.refresh_from_db()
    assert (own.label, own.owner) == ("renamed", somebody)
    assert theirs.add(label="another", owner=page.user.pk) == {}
    assert Account.objects.get(label="another").owner == somebody


def test_test_is_posted(page: Page, client: Client) -> None:
    """S17: not fetched by a link, not by a form of another site."""
    address = reverse(TEST, args=[Account.objects.create(label="A", owner=page.user).pk])
    assert page.client.get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = page.client.cookies
    assert strict.post(address).status_code == 403


def test_deleting_an_account_counts_what_goes_with_it(page: Page) -> None:
    """D-04: rows that nobody may delete by hand go with their account, and are not listed one by one."""
    account = Account.objects.create(label="A", owner=page.user)
    BalanceSnapshot.objects.create(account=account, coin="USDT", taken_at=timezone.now())
    address = reverse("admin:positions_account_delete", args=[account.pk])
    assert "balance snapshots: 1" in text_of(page.client.get(address).content).lower()
    page.client.post(address, {"post": "yes"})
    assert not Account.objects.exists()


def test_saving_leaves_alone_what_others_write(desk: BitgetDesk, page: Page) -> None:
    """S12: a rotation, or what a worker learns, between the reading of the row and its writing."""
    key_at(desk)
    page.add()
    account = Account.objects.get()
    form = TriedForm({**page.form(), "label": "B"}, instance=Account.objects.get())
    assert form.is_valid()
    Account.objects.update(sealed="sealed anew", uid="4711")
    form.save(commit=False).save(update_fields=form.written)
    account.refresh_from_db()
    assert (account.label, account.sealed, account.uid) == ("B", "sealed anew", "4711")
