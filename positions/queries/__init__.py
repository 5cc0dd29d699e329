"""What is read of the accounts: for their loops, and for people."""

from positions.queries.balances import largest_drawdown
from positions.queries.changes import last_changes
from positions.queries.plan import account_credentials, account_plan, enabled_accounts

__all__ = ["account_credentials", "account_plan", "enabled_accounts", "largest_drawdown", "last_changes"]
