"""How the line of an account is doing: its state, its heartbeat, its limits, and what a person should know. Pure."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from positions.connection.condition import LineState
from positions.latest import AccountAlert, AccountState
from positions.plan import AccountPlan


class Vitals:
    """A line begins as disconnected."""

    def __init__(self, plan: AccountPlan, fence: int, now: datetime) -> None:
        self._alerts: dict[str, AccountAlert] = {}
        self._state = AccountState(
            fence=fence,
            version=0,
            account=plan.id,
            label=plan.label,
            environment=plan.environment,
            kind=plan.kind or "",
            state=LineState.DISCONNECTED,
            written_at=now,
            since_at=now,
        )

    @property
    def state(self) -> AccountState:
        """Without what the account holds."""
        return replace(self._state, alerts=sorted(self._alerts.values(), key=lambda each: (each.raised_at, each.kind)))

    def follow(self, plan: AccountPlan) -> None:
        """Takes over what the account is called and in which world it lives; "" until that is found out."""
        self._state = replace(self._state, label=plan.label, environment=plan.environment, kind=plan.kind or "")

    def entered(self, state: str, text: str, retry_at: datetime | None, attempts: int, now: datetime) -> None:
        since_at = self._state.since_at if state == self._state.state else now
        self._state = replace(
            self._state, state=state, text=text, since_at=since_at, retry_at=retry_at, attempts=attempts
        )

    def subscribed(self, channels: Iterable[str]) -> None:
        self._state = replace(self._state, channels=sorted(channels))

    def heard(self, now: datetime) -> None:
        self._state = replace(self._state, heartbeat_at=now)

    def spent(self, budget_used: float) -> None:
        """In whole percents: what is less is no news."""
        self._state = replace(self._state, budget_used=round(budget_used, 2))

    def measured(self, skew_ms: int) -> None:
        self._state = replace(self._state, clock_skew_ms=skew_ms)

    def alert(self, kind: str, text: str, now: datetime) -> None:
        """It is raised once, whatever its text becomes."""
        before = self._alerts.get(kind)
        self._alerts[kind] = AccountAlert(kind=kind, text=text, raised_at=before.raised_at if before else now)

    def clear(self, kind: str) -> None:
        self._alerts.pop(kind, None)
