"""What the loop of an account has to do, by the row that admins edit."""

from positions.keys.credentials import Credentials
from positions.keys.encryption import open_credentials
from positions.models import Account
from positions.plan import AccountPlan
from positions.words import AccountKind, Environment


def enabled_accounts() -> list[str]:
    """The ids of the accounts that a worker has to follow, as text."""
    return [str(pk) for pk in Account.objects.filter(is_enabled=True).values_list("pk", flat=True)]


def account_plan(pk: int) -> AccountPlan | None:
    """The plan of an enabled account; None when it is switched off or gone."""
    enabled = Account.objects.filter(is_enabled=True)
    account = enabled.filter(pk=pk).first()
    if account is None:
        return None
    return plan_of(account)._replace(is_first=not enabled.filter(pk__lt=pk).exists())


def plan_of(account: Account) -> AccountPlan:
    """By its row alone, which need not be saved yet."""
    return AccountPlan(
        id=account.pk or 0,
        label=account.label,
        environment=Environment(account.environment),
        kind=AccountKind(account.kind) if account.kind else None,
        profile=account.profile,
        revision=account.revision,
        uid=account.uid,
        override_rights=tuple(account.override_rights),
        override_reason=account.override_reason,
        expires_at=account.expires_at,
    )


def account_credentials(pk: int) -> Credentials:
    """The account's secrets, in the clear. CannotOpen where they are not to be had."""
    return open_credentials(Account.objects.get(pk=pk))
