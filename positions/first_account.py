"""The account whose credentials are in the environment: made at the first start, and held to them at each later one."""

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
    """Nothing changes where an account has these credentials already, whatever it is called by now.

    What is not checked yet is followed all the same: the stream's own refusal says what is wrong.
    """
    if any(_has(account, credentials, environment) for account in Account.objects.all()):
        return
    owner = get_user_model().objects.filter(is_superuser=True).earliest("pk")
    account = Account.objects.filter(label=LABEL).first() or Account(label=LABEL, owner=owner)
    account.environment, account.expires_at = environment, None
    seal(account, credentials)
    account.save()


@sensitive_variables()
def _has(account: Account, credentials: Credentials, environment: Environment) -> bool:
    try:
        return account.environment == environment and open_credentials(account) == credentials
    except CannotOpen:
        return False
