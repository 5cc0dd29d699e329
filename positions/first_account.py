"""The account whose credentials are in the environment: made at the first start, and held to them at each later one."""

from collections.abc import Sequence
from itertools import count
from typing import Final

from django.contrib.auth import get_user_model
from django.views.decorators.debug import sensitive_variables

from positions.keys.credentials import Credentials
from positions.keys.encryption import CannotOpen, open_credentials, seal
from positions.models import Account
from positions.words import Environment

LABEL: Final = "BitGet"


@sensitive_variables()
def hold_to(credentials: Credentials, environment: Environment) -> None:
    """It is known by its mark, whatever it is called by now; what people entered is left alone. A key that one of them
    entered is followed there already, and gets no second account.

    What is not checked yet is followed all the same: the stream's own refusal says what is wrong.
    """
    accounts = list(Account.objects.all())
    account = next((each for each in accounts if each.is_of_environment), None)
    if any(_key_of(each) == credentials.key for each in accounts if each is not account):
        return
    if account is None:
        owner = get_user_model().objects.filter(is_superuser=True).earliest("pk")
        account = Account(label=_free_label(accounts), owner=owner, is_of_environment=True)
    elif account.environment == environment and _opened(account) == credentials:
        return
    account.environment, account.expires_at = environment, None
    seal(account, credentials)
    account.save()


@sensitive_variables()
def _key_of(account: Account) -> str | None:
    opened = _opened(account)
    return opened.key if opened else None


@sensitive_variables()
def _opened(account: Account) -> Credentials | None:
    try:
        return open_credentials(account)
    except CannotOpen:
        return None


def _free_label(accounts: Sequence[Account]) -> str:
    taken = {account.label for account in accounts}
    labels = (f"{LABEL} {number}" if number > 1 else LABEL for number in count(1))
    return next(label for label in labels if label not in taken)
