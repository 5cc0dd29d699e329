"""Credentials at rest: they open for their own row, under any of the keys, and nothing shows them."""

from typing import Final

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from pytest_django import Settings

from positions.keys.credentials import Credentials
from positions.keys.encryption import CannotOpen, open_credentials, seal, sealed_anew
from positions.models import Account

CREDENTIALS: Final = Credentials("bg_0123456789abcdef", "the-secret", 'pass"phrase ✓')


def account(label: str, credentials: Credentials = CREDENTIALS) -> Account:
    made = Account(label=label, owner=User(username="owner"))
    seal(made, credentials)
    return made


def test_what_is_sealed_opens_for_its_own_row() -> None:
    """D-04: all three come back as they were, and the row tells the end of the key and counts the edit."""
    made = account("A")
    assert open_credentials(made) == CREDENTIALS
    assert (made.key_end, made.revision) == ("cdef", 1)
    seal(made, CREDENTIALS)
    assert made.revision == 2


def test_sealed_text_holds_nothing_readable() -> None:
    """S12: nor is the same credential sealed to the same text twice."""
    first, second = account("A"), account("B")
    for secret in (CREDENTIALS.key, CREDENTIALS.secret, str(first.token)):
        assert secret not in first.sealed
    assert first.sealed != second.sealed


def test_short_key_tells_nothing_of_itself() -> None:
    """D-04: four characters of eleven are too many."""
    assert account("A", Credentials("12345678901", "s", "p")).key_end == ""


def test_swapped_rows_are_noticed() -> None:
    """S12: each of two rows refuses what was sealed for the other."""
    first, second = account("A"), account("B")
    first.sealed, second.sealed = second.sealed, first.sealed
    for row in (first, second):
        with pytest.raises(CannotOpen, match="belongs to another one"):
            open_credentials(row)


def test_changed_text_is_noticed() -> None:
    """S12: one character that is another one."""
    made = account("A")
    middle = len(made.sealed) // 2
    made.sealed = made.sealed[:middle] + ("A" if made.sealed[middle] != "A" else "B") + made.sealed[middle + 1 :]
    with pytest.raises(CannotOpen, match="opens with none"):
        open_credentials(made)


def test_account_without_a_key_says_so() -> None:
    """D-04: a row that was made without one."""
    with pytest.raises(CannotOpen, match="This account has no API key yet"):
        open_credentials(Account(label="A"))


def test_lost_key_is_a_sentence_without_secrets(settings: Settings) -> None:
    """S11, S12: the database alone is worth nothing, and the refusal tells nothing."""
    made = account("A")
    settings.OMEGA_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CannotOpen) as refused:
        open_credentials(made)
    assert made.sealed not in str(refused.value)
    assert refused.value.__suppress_context__


def test_new_first_key_takes_over(settings: Settings) -> None:
    """S12: under a new first key and the old one behind it, a text opens; sealed anew it needs the new one alone."""
    made, new = account("A"), Fernet.generate_key().decode()
    settings.OMEGA_ENCRYPTION_KEYS = [new, *settings.OMEGA_ENCRYPTION_KEYS]
    assert open_credentials(made) == CREDENTIALS
    made.sealed = sealed_anew(made)
    assert sealed_anew(made) == made.sealed
    settings.OMEGA_ENCRYPTION_KEYS = [new]
    assert open_credentials(made) == CREDENTIALS


def test_credentials_print_nothing() -> None:
    """S11: neither repr nor str."""
    for secret in (CREDENTIALS.key, CREDENTIALS.secret, CREDENTIALS.passphrase):
        assert secret not in f"{CREDENTIALS!r} {CREDENTIALS}"
