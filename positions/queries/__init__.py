"""What is read of the accounts: for their loops, and for people."""

from positions.queries.changes import last_changes
from positions.queries.plan import account_credentials, account_plan, enabled_accounts

__all__ = ["account_credentials", "account_plan", "enabled_accounts", "last_changes"]
