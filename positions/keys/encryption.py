"""The credentials of an account at rest: one sealed text for its row, which opens for no other row.

Fernet (AES-128-CBC with HMAC-SHA256) under OMEGA_ENCRYPTION_KEYS: the first key seals, all of them open. The row's
token is sealed in with the secrets, so that a text that was moved to another row is noticed.
"""

from typing import Final

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from positions.keys import opened
from positions.keys.credentials import Credentials
from positions.models import Account

# What `seal` writes.
SEALED: Final = ("sealed", "key_end", "revision", "verdict", "checked_at")
KEY_END: Final = 4
# Of a shorter key the last characters would tell too much.
_TELLS_ITS_END_FROM: Final = 12


class CannotOpen(Exception):
    """str() is a sentence for people, without anything of the credentials, nor what the account is called."""


class _Content(msgspec.Struct, array_like=True):
    token: str
    key: str
    secret: str
    passphrase: str


@sensitive_variables()
def seal(account: Account, credentials: Credentials) -> None:
    """Gives the account new credentials, of which nothing is known yet; whoever calls saves it."""
    opened.note(credentials)
    content = _Content(str(account.token), credentials.key, credentials.secret, credentials.passphrase)
    account.sealed = _box().encrypt(msgspec.json.encode(content)).decode()
    account.key_end = credentials.key[-KEY_END:] if len(credentials.key) >= _TELLS_ITS_END_FROM else ""
    account.revision += 1
    account.verdict, account.checked_at = {}, None


@sensitive_variables()
def open_credentials(account: Account) -> Credentials:
    if not account.sealed:
        raise CannotOpen("This account has no API key yet. Enter one in the admin.")
    try:
        text = _box().decrypt(account.sealed)
    except InvalidToken:
        raise CannotOpen(
            "The API key of this account opens with none of OMEGA_ENCRYPTION_KEYS. Put back the one that it was sealed "
            "with, or enter the API key again."
        ) from None
    content = msgspec.json.decode(text, type=_Content)
    if content.token != str(account.token):
        raise CannotOpen("What is stored as the API key of this account belongs to another one. Enter it again.")
    credentials = Credentials(content.key, content.secret, content.passphrase)
    opened.note(credentials)
    return credentials


@sensitive_variables()
def sealed_anew(account: Account) -> str:
    """The same credentials under the first key; the same text where that key had sealed it. Raises CannotOpen."""
    open_credentials(account)
    try:
        Fernet(settings.OMEGA_ENCRYPTION_KEYS[0]).decrypt(account.sealed)
    except InvalidToken:
        return _box().rotate(account.sealed).decode()
    return account.sealed


def are_of_others() -> bool:
    """There are API keys in the database and none opens here: another machine sealed them with keys of its own."""
    sealed = Account.objects.exclude(sealed="")
    return sealed.exists() and not any(_opens(account) for account in sealed.iterator())


def _opens(account: Account) -> bool:
    try:
        open_credentials(account)
    except CannotOpen:
        return False
    return True


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.OMEGA_ENCRYPTION_KEYS])
