"""The account of the credentials in the environment: made, held to, and in no other environment."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from omega_site.children import Program
from omega_site.environment import Environment as Variables
from omega_site.probes import at_once
from omega_site.process import DEMO_ACCOUNT
from positions.first_account import LABEL, hold_to
from positions.keys.credentials import Credentials
from positions.keys.encryption import open_credentials, seal
from positions.models import Account
from positions.words import Environment
from tests.exchange.bitget import demo

ROOT: Final = Path(__file__).resolve().parents[2]
OLD: Final = Credentials("key-of-the-environment", "old-secret", "old-passphrase")
NEW: Final = Credentials("key-of-the-environment", "new-secret", "new-passphrase")
GIVEN: Final = {
    "BITGET_API_KEY": "key-of-the-environment",
    "BITGET_API_SECRET": "old-secret",
    "BITGET_API_PASSPHRASE": "old-passphrase",
}


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("admin")


def test_it_is_made_once_and_belongs_to_the_first_admin(admin: User) -> None:
    """B-28: the second start finds it, also where somebody gave it another name."""
    User.objects.create_superuser("another")
    hold_to(OLD, Environment.LIVE)
    account = Account.objects.get()
    assert (account.label, account.owner, account.environment, account.is_enabled) == (LABEL, admin, "live", True)
    assert open_credentials(account) == OLD
    Account.objects.update(label="mine")
    hold_to(OLD, Environment.LIVE)
    assert Account.objects.get().revision == 1


def test_changed_values_are_an_edit_of_its_key(admin: User) -> None:
    """B-28: loops hear of it by the revision, and what was found out of the old key is forgotten."""
    hold_to(OLD, Environment.LIVE)
    Account.objects.update(verdict={"rights": ["read"]})
    hold_to(NEW, Environment.DEMO)
    account = Account.objects.get()
    assert open_credentials(account) == NEW
    assert (account.revision, account.environment, account.verdict) == (2, "demo", {})


def test_changed_values_find_it_under_another_name(admin: User) -> None:
    """B-28: no second account is left behind with the old values."""
    hold_to(OLD, Environment.LIVE)
    Account.objects.update(label="mine")
    hold_to(NEW, Environment.LIVE)
    account = Account.objects.get()
    assert (account.label, open_credentials(account)) == ("mine", NEW)


def test_account_that_somebody_made_is_left_alone(admin: User) -> None:
    """B-28: also where it has the name that ours would have."""
    bob = User.objects.create_user("bob")
    by_hand = Account(label=LABEL, owner=bob, uid="4711", override_reason="a bot")
    seal(by_hand, Credentials("key-of-bob-at-bitget", "secret", "passphrase"))
    by_hand.save()
    hold_to(OLD, Environment.DEMO)
    hold_to(NEW, Environment.DEMO)
    ours = Account.objects.get(is_of_environment=True)
    assert (ours.label, ours.owner, open_credentials(ours)) == (f"{LABEL} 2", admin, NEW)
    left = Account.objects.get(pk=by_hand.pk)
    assert (left.environment, left.revision, left.sealed) == ("live", 1, by_hand.sealed)


def test_key_that_somebody_entered_gets_no_second_account(admin: User) -> None:
    """B-28: the account that has it stays as it is; its owner knows its secret best."""
    by_hand = Account(label="mine", owner=admin)
    seal(by_hand, OLD)
    by_hand.save()
    hold_to(NEW, Environment.LIVE)
    assert open_credentials(Account.objects.get()) == OLD


def test_account_that_does_not_open_any_more_gets_its_values_again(admin: User) -> None:
    """B-28: such as after the encryption key was lost."""
    hold_to(OLD, Environment.LIVE)
    Account.objects.update(token=uuid4())
    hold_to(OLD, Environment.LIVE)
    assert open_credentials(Account.objects.get()) == OLD


def test_demo_has_the_key_of_the_replay_exchange() -> None:
    """B-28: both publish the same one, and neither imports the other."""
    assert {
        "BITGET_API_KEY": demo.KEY,
        "BITGET_API_SECRET": demo.SECRET,
        "BITGET_API_PASSPHRASE": demo.PASSPHRASE,
        "BITGET_ENVIRONMENT": "demo",
    } == DEMO_ACCOUNT


def start(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    basics = {"PATH": os.environ["PATH"], "OMEGA_DATA_DIR": str(folder), "OMEGA_MODE": "live"}
    basics |= {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": "9", "OMEGA_ADMIN_PASSWORD": "correct horse battery"}
    command = [sys.executable, "-m", "omega_site.first_start"]
    return subprocess.run(command, cwd=ROOT, env=basics | environment, capture_output=True, text=True, timeout=30)


@pytest.mark.system
def test_start_makes_it_of_the_environment_and_of_files(tmp_path: Path) -> None:
    """B-28, S11: the database file holds none of the values, and nothing of them is printed."""
    (tmp_path / "secret").write_text(f"{OLD.secret}\n")
    files = {"BITGET_API_SECRET": "", "BITGET_API_SECRET_FILE": str(tmp_path / "secret")}
    answer = start(tmp_path / "data", **GIVEN | files, BITGET_ENVIRONMENT="demo")
    assert (answer.returncode, answer.stdout) == (0, ""), answer.stderr
    with sqlite3.connect(tmp_path / "data" / "omega.sqlite3") as database:
        rows = database.execute("SELECT label, environment, key_end, is_enabled FROM positions_account").fetchall()
    assert rows == [("BitGet", "demo", "ment", 1)]
    stored = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("omega.sqlite3*"))
    assert not any(value.encode() in stored for value in GIVEN.values())


@pytest.mark.system
def test_half_of_the_credentials_is_refused(tmp_path: Path) -> None:
    """B-28: in a sentence that says which, and not what."""
    answer = start(tmp_path, BITGET_API_KEY=OLD.key)
    assert answer.returncode == 1
    assert answer.stderr.startswith("Of BITGET_API_KEY, BITGET_API_SECRET, BITGET_API_PASSPHRASE one is not set")
    assert OLD.key not in answer.stderr


def test_no_program_of_the_site_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """S11: web, worker, beat, Redis and the exchange are started without them."""
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    program = Program(name="web", arguments=[], is_ready=at_once, environment={"OMEGA_ROLE": "web"})
    environment = program.whole_environment()
    assert environment["OMEGA_ROLE"] == "web"
    assert environment["PATH"]
    assert not GIVEN.keys() & environment.keys()


def test_they_stay_in_the_file_where_settings_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S11: what else is in .env is in the environment afterwards, and inherited."""
    for name in ("OF_THE_FILE", *GIVEN):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    lines = [f"{name}={value}" for name, value in {**GIVEN, "OF_THE_FILE": "yes"}.items()]
    (tmp_path / ".env").write_text("\n".join(lines))
    Variables().read_file(tmp_path / ".env", but_for=list(GIVEN))
    assert os.environ["OF_THE_FILE"] == "yes"
    assert not GIVEN.keys() & os.environ.keys()
