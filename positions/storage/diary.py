"""Rows about the line itself and about what was found: states, alerts, drifts. Each write may be done again."""

from datetime import datetime
from typing import Final

import msgspec
from django.db.models import QuerySet

from feeds.errors import MAX_TEXT
from positions import models
from positions.book.difference import Difference
from positions.keys.verdict import Verdict
from positions.storage.rows import add_unless
from positions.words import AccountKind

Level = models.StreamEvent.Level

ALERT: Final = "alert"


def open_drift(account_id: int, difference: Difference, resolution: str, noticed_at: datetime) -> None:
    """One row for each subject and field, until it is settled."""
    row = {"account_id": account_id, "subject": difference.subject, "field": difference.field}
    add_unless(
        models.Drift.objects.filter(**row, settled_at=None),
        **row,
        stream_value=difference.stream_value,
        rest_value=difference.rest_value,
        resolution=resolution,
        noticed_at=noticed_at,
    )


def settle_drift(account_id: int, difference: Difference, settled_at: datetime) -> None:
    drifts = models.Drift.objects.filter(account=account_id, subject=difference.subject, field=difference.field)
    drifts.filter(settled_at=None).update(settled_at=settled_at)


def note(account_id: int, kind: str, text: str, level: str, at: datetime, state: str = "") -> None:
    """Something happened on the line; `state` where it entered one."""
    row = {"account_id": account_id, "kind": kind, "state": state, "text": text[:MAX_TEXT], "happened_at": at}
    add_unless(models.StreamEvent.objects.filter(**row), level=level, **row)


def raise_alert(account_id: int, kind: str, text: str, at: datetime) -> None:
    """One row for each kind of alert, until it is over."""
    detail = {"alert": kind}
    there = _alerts(account_id).filter(detail__alert=kind)
    row = {"account_id": account_id, "kind": ALERT, "text": text[:MAX_TEXT], "happened_at": at}
    add_unless(there, level=Level.ERROR, detail=detail, **row)


def clear_alert(account_id: int, kind: str, at: datetime) -> None:
    _alerts(account_id).filter(detail__alert=kind).update(cleared_at=at)


def has_alert(account_id: int, kind: str) -> bool:
    """It was raised, and is not over."""
    return _alerts(account_id).filter(detail__alert=kind).exists()


def learn(account_id: int, kind: AccountKind | None, uid: str) -> None:
    """What the venue told of the account itself. An id that is known is never changed here."""
    account = models.Account.objects.filter(pk=account_id)
    if kind is not None:
        account.update(kind=kind.value)
    if uid:
        account.filter(uid="").update(uid=uid)


def read_fills(account_id: int, until: datetime) -> None:
    """All fills from before are stored."""
    models.Account.objects.filter(pk=account_id).update(fills_read_at=until)


def keep_verdict(account_id: int, revision: int, verdict: Verdict, at: datetime) -> None:
    """What came of the key of this revision; of another one nothing is known by that."""
    account = models.Account.objects.filter(pk=account_id, revision=revision)
    account.update(verdict=msgspec.to_builtins(verdict), checked_at=at)


def end_of_predecessor(account_id: int, at: datetime) -> None:
    """Alerts and drifts of a process that is no more: whatever still holds is found again."""
    _alerts(account_id).update(cleared_at=at)
    models.Drift.objects.filter(account=account_id, settled_at=None).update(settled_at=at)


def _alerts(account_id: int) -> QuerySet[models.StreamEvent]:
    """Those that are not over."""
    return models.StreamEvent.objects.filter(account=account_id, kind=ALERT, cleared_at=None)
