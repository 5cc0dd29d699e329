"""The test call: BitGet is asked what a key may do, and the account is told what came of it."""

import asyncio
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec
from asgiref.sync import async_to_sync
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from feeds.clock import SystemClock
from feeds.errors import BadFrame, ConnectFailed, SessionEnded
from feeds.storage.allowance import Allowance
from feeds.storage.live import LiveStore
from positions.connection.line import REFUSED
from positions.connection.rest import AccountClient
from positions.keys import verdict
from positions.keys.credentials import Credentials
from positions.keys.verdict import Outcome, Verdict
from positions.models import Account
from positions.plan import AccountPlan
from positions.queries.plan import plan_of
from positions.storage.diary import has_alert
from positions.types import KeyInfo
from positions.words import AccountKind

WITHIN_S: Final = 8.0


class Trial(NamedTuple):
    """`plan` is of the row that was asked about; `kind` and `info` are None where BitGet did not come to tell them."""

    plan: AccountPlan
    verdict: Verdict
    at: datetime
    kind: AccountKind | None = None
    info: KeyInfo | None = None

    def is_of(self, account: Account) -> bool:
        """The row says what it said then; nothing that matters to the key was changed meanwhile."""
        return self.plan == _plan(account)


@sensitive_variables()
def try_key(account: Account, credentials: Credentials) -> Trial:
    """In the process of whoever asks, within 8 seconds."""
    plan, now = _plan(account), datetime.now(UTC)
    try:
        kind, info = _ask(plan, credentials)
    except (SessionEnded, BadFrame) as error:
        return Trial(plan, verdict.failed(error), now)
    said = verdict.judge(info, plan, now)
    return Trial(plan, said, now, kind, info)


def learn(account: Account, trial: Trial) -> set[str]:
    """The columns that it set, for whoever calls to save: the others may be newer in the database by now."""
    outcome = trial.verdict.outcome
    if account.verdict and not outcome.is_about_the_key:
        # What was known of the same key before says more.
        return set()
    account.verdict, account.checked_at = msgspec.to_builtins(trial.verdict), trial.at
    if not (outcome is Outcome.TAKEN and trial.info and trial.kind):
        return {"verdict", "checked_at"}
    account.kind, account.uid = trial.kind, trial.info.uid
    return {"verdict", "checked_at", "kind", "uid"}


def keep(account: Account, trial: Trial) -> bool:
    """Saves it for the row that was asked about. False where that has another key by now, or says something else.

    A line that was refused waits for a new revision, also where what was wrong has been mended at BitGet.
    """
    learnt = learn(account, trial)
    if trial.verdict.outcome is Outcome.REFUSED:
        account.is_enabled = False
        learnt.add("is_enabled")
    with transaction.atomic():
        now = Account.objects.select_for_update().filter(pk=account.pk).first()
        if now is None or not trial.is_of(now):
            return False
        if trial.verdict.outcome is Outcome.TAKEN and _was_refused(now):
            account.revision = now.revision + 1
            learnt.add("revision")
        account.save(update_fields=learnt)
    return True


def verdict_of(account: Account) -> Verdict | None:
    """None before the first test call."""
    return msgspec.convert(account.verdict, Verdict) if account.verdict else None


def _was_refused(account: Account) -> bool:
    """By what is stored of its key, or by its line, whatever is stored."""
    known = verdict_of(account)
    return bool(known and known.outcome is Outcome.REFUSED) or has_alert(account.pk, REFUSED)


def _plan(account: Account) -> AccountPlan:
    """The kind is asked for each time: it belongs to the key, which may be a new one."""
    return plan_of(account)._replace(kind=None)


@async_to_sync
@sensitive_variables()
async def _ask(plan: AccountPlan, credentials: Credentials) -> tuple[AccountKind, KeyInfo]:
    store, clock = LiveStore(), SystemClock()
    try:
        async with asyncio.timeout(WITHIN_S):
            client = AccountClient(plan, credentials, Allowance(store, clock), clock)
            await client.measure_clock()
            return await client.detect_kind(), await client.key_info()
    except TimeoutError as error:
        raise ConnectFailed(f"no answer within {WITHIN_S:g} s") from error
    finally:
        await store.close()
