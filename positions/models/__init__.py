"""Rows of the accounts: who they are, how they stand now, and what happened."""

from positions.models.account import Account
from positions.models.history import BalanceSnapshot, Drift, Fill, PositionChange, StreamEvent
from positions.models.standing import Order, Position

__all__ = ["Account", "BalanceSnapshot", "Drift", "Fill", "Order", "Position", "PositionChange", "StreamEvent"]
