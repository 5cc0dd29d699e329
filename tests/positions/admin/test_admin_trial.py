"""The test call beside what others do meanwhile: workers who write, and somebody who enters another key."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from pytest_django import Settings

from feeds.storage import lease
from positions.admin.forms import TriedForm
from positions.admin.trial import Trial, keep, try_key
from positions.keys.credentials import Credentials
from positions.keys.encryption import open_credentials, seal
from positions.models import Account
from tests.exchange.bitget.desk import BitgetDesk
from tests.feeds.sqlite_lock import be_impatient, locks_sqlite
from tests.positions.admin.page import KEY, Page, a_moment_later, key_at

ANOTHER = Credentials("bg_the_key_that_is_newer", "secret-that-is-newer", "passphrase-that-is-newer")


def with_another_key(account: Account) -> Account:
    """As somebody else saved it meanwhile."""
    newer = Account.objects.get(pk=account.pk)
    seal(newer, ANOTHER)
    newer.save()
    return newer


@locks_sqlite
@pytest.mark.django_db(transaction=True)
def test_venue_that_never_answers_keeps_nobody_from_writing(page: Page, redis_server: str, settings: Settings) -> None:
    """S12: a worker whose lease is due while an admin's page waits for BitGet renews it at once."""
    fence = lease.claim("feed:main", "worker")
    assert fence
    be_impatient()

    def save() -> dict[str, list[str]]:
        try:
            return page.add()
        finally:
            connections.close_all()

    with ThreadPoolExecutor() as threads, socket.create_server(("127.0.0.1", 0)) as venue:
        settings.REPLAY_EXCHANGE_URL = f"http://127.0.0.1:{venue.getsockname()[1]}"
        venue.settimeout(10)
        saved = threads.submit(save)
        with venue.accept()[0]:
            assert lease.renew("feed:main", "worker", fence)
        assert saved.result(10) == {}
    assert not Account.objects.get().is_enabled


@pytest.mark.django_db
def test_button_right_after_the_first_save_waits_for_its_turn(desk: BitgetDesk, page: Page) -> None:
    """B-24: BitGet tells of a key once in a second, counted by an account id that was not known before the save."""
    key_at(desk, uid="4711")
    page.add()
    assert "BitGet takes this key" in page.test(Account.objects.get())
    assert {call.status for call in desk.calls} == {200}


@pytest.mark.django_db
def test_result_of_a_test_is_not_kept_for_another_key(desk: BitgetDesk, page: Page) -> None:
    """D-04: the key that was refused is not the one that is there by now."""
    key_at(desk)
    page.add()
    account = Account.objects.get()
    desk.accounts[0].revoke()
    trial = try_key(account, KEY)
    newer = with_another_key(account)
    assert not keep(account, trial)
    newer.refresh_from_db()
    assert (newer.is_enabled, newer.verdict, open_credentials(newer)) == (True, {}, ANOTHER)


@pytest.mark.django_db
def test_form_is_not_saved_by_what_was_said_of_another_key(desk: BitgetDesk, page: Page) -> None:
    """D-04: whoever saves is told to look again."""
    key_at(desk)
    page.add()
    account = Account.objects.get()
    Account.objects.update(is_enabled=False)
    a_moment_later(desk)
    trial = try_key(account, KEY)
    form = tried(trial)(page.form(), instance=with_another_key(account))
    assert "This account was changed meanwhile" in form.errors["__all__"][0]


@pytest.mark.django_db
def test_form_that_has_to_ask_is_not_saved_unasked(page: Page) -> None:
    """B12: nobody knows what the key may do."""
    account = with_another_key(Account.objects.create(label="A", owner=page.user, is_enabled=False))
    assert "was changed meanwhile" in tried(None)(page.form(), instance=account).errors["__all__"][0]


@pytest.mark.django_db
def test_what_was_not_told_is_not_written(redis_server: str, page: Page) -> None:
    """S12: a worker learns the account's id and kind after the row was read, and BitGet does not answer us."""
    account = with_another_key(Account.objects.create(label="A", owner=page.user, is_enabled=False))
    form = tried(try_key(account, ANOTHER))(page.form(), instance=account)
    assert form.is_valid(), form.errors
    Account.objects.update(uid="4711", kind="unified")
    form.save(commit=False).save(update_fields=form.written)
    account.refresh_from_db()
    assert (account.uid, account.kind, account.verdict["outcome"]) == ("4711", "unified", "not checked")


def tried(given: Trial | None) -> type[TriedForm]:
    """The form as the admin makes it for one request."""

    class Form(TriedForm):
        trial = given

    return Form
