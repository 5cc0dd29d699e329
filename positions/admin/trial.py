"""The test call: BitGet is asked what a key may do, and the account is told what came of it."""

import asyncio
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec
from asgiref.sync import async_to_sync
from django.views.decorators.debug import sensitive_variables

from feeds.clock import SystemClock
from feeds.errors import BadFrame, ConnectFailed, SessionEnded
from feeds.storage.allowance import Allowance
from feeds.storage.live import LiveStore
from positions.connection.rest import AccountClient
from positions.keys import verdict
from positions.keys.credentials import Credentials
from positions.keys.verdict import Outcome, Verdict
from positions.models import Account
from positions.plan import AccountPlan
from positions.types import KeyInfo
from positions.words import AccountKind, Environment

WITHIN_S: Final = 8.0
# What `learn` writes.
LEARNT: Final = ("verdict", "checked_at", "kind", "uid")


class Trial(NamedTuple):
    """`kind` and `info` are None where BitGet did not get as far as telling them."""

    verdict: Verdict
    at: datetime
    kind: AccountKind | None = None
    info: KeyInfo | None = None


@sensitive_variables()
def try_key(account: Account, credentials: Credentials) -> Trial:
    """In the process of whoever asks, within 8 seconds."""
    now = datetime.now(UTC)
    try:
        kind, info = _ask(_plan(account), credentials)
    except (SessionEnded, BadFrame) as error:
        return Trial(verdict.failed(error), now)
    said = verdict.judge(info, account.uid, account.override_reason, account.expires_at, now)
    return Trial(said, now, kind, info)


def learn(account: Account, trial: Trial) -> None:
    """Whoever calls saves it."""
    outcome = trial.verdict.outcome
    if outcome is Outcome.UNKNOWN and account.verdict:
        # What was known of the same key before says more.
        return
    account.verdict, account.checked_at = msgspec.to_builtins(trial.verdict), trial.at
    if outcome is Outcome.TAKEN and trial.info and trial.kind:
        account.kind, account.uid = trial.kind, trial.info.uid


def verdict_of(account: Account) -> Verdict | None:
    """None before the first test call."""
    return msgspec.convert(account.verdict, Verdict) if account.verdict else None


def _plan(account: Account) -> AccountPlan:
    """The kind is asked for each time: it belongs to the key, which may be a new one."""
    environment = Environment(account.environment)
    return AccountPlan(
        account.pk or 0, account.label, environment, None, account.profile, account.revision, account.uid
    )


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
