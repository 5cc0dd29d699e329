"""How a balance went."""

from datetime import timedelta
from decimal import Decimal

import pytest

from positions.models import BalanceSnapshot
from positions.queries import largest_drawdown
from tests.feeds.samples import NOON
from tests.feeds.storage.aged import main_account

pytestmark = pytest.mark.django_db
HOURS = (NOON, NOON + timedelta(hours=10))


@pytest.mark.parametrize(
    ("equities", "found"),
    [
        ([], None),
        ([None], None),
        (["100"], "0"),
        (["100", "75", "200", "160", None, "300"], "0.25"),
        (["0", "0", "10", "9"], "0.1"),
        (["100", "-20"], "1.2"),
    ],
)
def test_drawdown_is_held_against_the_highest_until_then(equities: list[str | None], found: str | None) -> None:
    """Issue 9: what is not told is not zero, and without anything there is none."""
    account = main_account()
    for hour, equity in enumerate(equities):
        at = NOON + timedelta(hours=hour)
        BalanceSnapshot.objects.create(account=account, coin="USDT", equity=equity, taken_at=at)
    BalanceSnapshot.objects.create(account=account, coin="BTC", equity="1", taken_at=NOON)
    assert largest_drawdown(account.pk, "USDT", *HOURS) == (Decimal(found) if found else None)
