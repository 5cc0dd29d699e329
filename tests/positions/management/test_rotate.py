"""The rotation of the encryption key, on a real database."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from pytest_django import Settings

from positions.keys.credentials import Credentials
from positions.keys.encryption import CannotOpen, open_credentials, seal
from positions.models import Account
from tests.waiting import Stopwatch

CREDENTIALS: Final = Credentials("bg_0123456789abcdef", "the-secret", "the-passphrase")
ROOT: Final = Path(__file__).parents[3]
pytestmark = pytest.mark.django_db


def accounts(count: int) -> list[Account]:
    owner = User.objects.create_user("owner")
    made = [Account(label=f"account {number}", owner=owner) for number in range(count)]
    for account in made:
        seal(account, CREDENTIALS)
    return Account.objects.bulk_create(made)


def put_before(settings: Settings) -> str:
    """A new key, which seals from now on."""
    new = Fernet.generate_key().decode()
    settings.OMEGA_ENCRYPTION_KEYS = [new, *settings.OMEGA_ENCRYPTION_KEYS]
    return new


def rotate(capsys: pytest.CaptureFixture[str]) -> str:
    call_command("rotate_keys")
    return capsys.readouterr().out


def test_every_row_needs_the_new_key_alone_afterwards(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """S12: more than one step of them; loops hear of no edit, because there was none; it may be run again."""
    accounts(120)
    Account.objects.create(label="without a key", owner=User.objects.get())
    new = put_before(settings)
    assert "120 of 120" in rotate(capsys)
    assert "120 of 120" in rotate(capsys)
    settings.OMEGA_ENCRYPTION_KEYS = [new]
    sealed = list(Account.objects.exclude(sealed=""))
    assert [open_credentials(account) for account in sealed] == [CREDENTIALS] * 120
    assert {account.revision for account in sealed} == {1}


def test_row_that_cannot_be_opened_is_named(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """S12: and the others are rotated all the same; nothing of a secret is printed."""
    first, second, _ = accounts(3)
    Account.objects.filter(pk=first.pk).update(sealed=second.sealed)
    put_before(settings)
    with pytest.raises(CommandError, match="could not be opened: 1"):
        call_command("rotate_keys")
    told = capsys.readouterr()
    assert "account 0" in told.err
    assert "2 of 3" in told.out
    assert not any(secret in told.out + told.err for secret in ("0123456789", "the-secret", "the-passphrase"))


def test_what_does_not_open_is_given_up_where_somebody_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """S12: the row asks for its API key again, and its loop hears of it; the others stay."""
    first, second = accounts(2)
    Account.objects.filter(pk=first.pk).update(sealed=second.sealed)
    call_command("rotate_keys", forget=True)
    first, second = Account.objects.all()
    with pytest.raises(CannotOpen, match="has no API key yet"):
        open_credentials(first)
    assert (first.revision, first.key_end, second.revision) == (2, "", 1)
    assert open_credentials(second) == CREDENTIALS


def test_rotation_is_quick(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """S12: 10 000 rows within 60 s, so 500 within 3 s."""
    accounts(500)
    put_before(settings)
    watch = Stopwatch()
    assert "500 of 500" in rotate(capsys)
    assert watch.seconds() < 3.0


def manage(**environment: str) -> subprocess.CompletedProcess[str]:
    """As a person calls it."""
    own = {**os.environ, "DJANGO_SETTINGS_MODULE": "omega_site.settings", "DATABASE_URL": "", **environment}
    command = [sys.executable, "manage.py", "rotate_keys"]
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=30)


def test_folder_without_a_database_is_named(tmp_path: Path) -> None:
    """S12: who forgot the variable is told of it, and no database is made."""
    done = manage(OMEGA_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: There is no database with accounts here")
    assert "OMEGA_DATA_DIR" in done.stderr
    assert str(tmp_path) in done.stderr
    assert not (tmp_path / "omega.sqlite3").exists()


def test_bad_encryption_key_is_a_sentence(tmp_path: Path) -> None:
    """S12: which never has the key in it."""
    done = manage(OMEGA_DATA_DIR=str(tmp_path), OMEGA_ENCRYPTION_KEYS="no-such-key")
    assert done.returncode == 1
    assert done.stderr.startswith("OMEGA_ENCRYPTION_KEYS holds what is no key")
    assert "no-such-key" not in done.stderr
    assert "Traceback" not in done.stderr
