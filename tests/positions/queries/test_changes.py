"""What is told by hand of what happened before a worker began."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model

from positions.board.byhand import CHANGES, PastChange
from positions.models import Account, PositionChange
from positions.queries.changes import last_changes
from tests.feeds.samples import NOON

pytestmark = pytest.mark.django_db


def change(account: Account, number: int) -> None:
    at = NOON + timedelta(seconds=number)
    sizes = {"size_before": Decimal(number), "size_after": Decimal(number + 1)}
    PositionChange.objects.create(
        account=account,
        symbol="BTCUSDT",
        side="long",
        kind="increased",
        source="stream",
        happened_at=at,
        noticed_at=at,
        **sizes,
    )


def test_the_last_ten_changes_of_one_account_come_newest_first() -> None:
    """M-12: so that a restart forgets none."""
    owner = get_user_model().objects.create_user("owner")
    mine, other = (Account.objects.create(label=label, owner=owner) for label in ("mine", "other"))
    for number in range(CHANGES + 2):
        change(mine, number)
    change(other, 99)
    found = last_changes(mine.pk)
    newest = NOON + timedelta(seconds=CHANGES + 1)
    assert len(found) == CHANGES
    assert found[0] == PastChange("BTCUSDT", "long", "increased", Decimal(11), Decimal(12), "stream", newest)
