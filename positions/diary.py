"""Rows about the line itself and about what was found: states, alerts, drifts. Each write may be done again."""

from datetime import datetime

from feeds.errors import MAX_TEXT
from positions import models
from positions.difference import Difference
from positions.types import AccountKind

Level = models.StreamEvent.Level

ALERT = "alert"


def open_drift(account_id: int, difference: Difference, resolution: str, noticed_at: datetime) -> None:
    """One row for each subject and field, until it is settled."""
    subject, field, stream_value, rest_value = difference
    models.Drift.objects.get_or_create(
        account_id=account_id,
        subject=subject,
        field=field,
        settled_at=None,
        defaults={
            "stream_value": stream_value,
            "rest_value": rest_value,
            "resolution": resolution,
            "noticed_at": noticed_at,
        },
    )


def settle_drift(account_id: int, difference: Difference, settled_at: datetime) -> None:
    drifts = models.Drift.objects.filter(account=account_id, subject=difference.subject, field=difference.field)
    drifts.filter(settled_at=None).update(settled_at=settled_at)


def note(account_id: int, kind: str, text: str, level: str, at: datetime, state: str = "") -> None:
    """Something happened on the line; `state` where it entered one."""
    models.StreamEvent.objects.get_or_create(
        account_id=account_id, kind=kind, state=state, text=text[:MAX_TEXT], level=level, happened_at=at
    )


def raise_alert(account_id: int, kind: str, text: str, at: datetime) -> None:
    """One row for each kind of alert, until it is over."""
    models.StreamEvent.objects.get_or_create(
        account_id=account_id,
        kind=ALERT,
        detail__alert=kind,
        cleared_at=None,
        defaults={"detail": {"alert": kind}, "text": text[:MAX_TEXT], "level": Level.ERROR, "happened_at": at},
    )


def clear_alert(account_id: int, kind: str, at: datetime) -> None:
    alerts = models.StreamEvent.objects.filter(account=account_id, kind=ALERT, detail__alert=kind)
    alerts.filter(cleared_at=None).update(cleared_at=at)


def learn(account_id: int, kind: AccountKind | None, uid: str) -> None:
    """What the venue told of the account itself. An id that is known is never changed here."""
    account = models.Account.objects.filter(pk=account_id)
    if kind is not None:
        account.update(kind=kind.value)
    if uid:
        account.filter(uid="").update(uid=uid)


def end_of_predecessor(account_id: int, at: datetime) -> None:
    """Alerts and drifts of a process that is no more: whatever still holds is found again."""
    models.StreamEvent.objects.filter(account=account_id, kind=ALERT, cleared_at=None).update(cleared_at=at)
    models.Drift.objects.filter(account=account_id, settled_at=None).update(settled_at=at)
