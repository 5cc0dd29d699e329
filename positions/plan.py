"""What a loop has to know of its account: read again every few seconds, since an admin may change it."""

from datetime import datetime
from typing import NamedTuple

from positions.words import AccountKind, Environment


class AccountPlan(NamedTuple):
    """`kind` is None until it is found out; `uid` is "" until the first key told it. `revision` counts edits of the
    key, and tests that take it after a refusal, so that a loop that waits for a person hears of one. `is_first`: of all
    enabled accounts it was added first, and speaks for the others where only one can. `override_rights` are what a key
    may do beside reading and is taken all the same, for `override_reason`; `expires_at` is when its owner says that it
    ends.
    """

    id: int
    label: str
    environment: Environment
    kind: AccountKind | None
    profile: str
    revision: int
    uid: str
    is_first: bool = False
    override_rights: tuple[str, ...] = ()
    override_reason: str = ""
    expires_at: datetime | None = None
