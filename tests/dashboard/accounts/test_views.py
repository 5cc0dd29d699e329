"""The accounts' pages, as they leave the server."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from positions.models import Account, BalanceSnapshot, Order, Position, PositionChange, StreamEvent
from tests.dashboard.accounts.putting import put, put_account
from tests.dashboard.accounts.samples import (
    LONG,
    NOON,
    ORDERS,
    SHORT,
    account_state,
    alert,
    orders_state,
    positions_state,
)
from tests.dashboard.accounts.visiting import DEBUG_PAGE, page, panel_of
from tests.dashboard.conftest import Visitor


def test_the_first_paint_is_complete(visitor: Visitor, ada_account: Account, redis_server: str) -> None:
    """B-10, B-11, B-17, B-18, V-18, M-17: before any script runs."""
    put(redis_server, positions_state(ada_account.pk, LONG, SHORT), orders_state(ada_account.pk, *ORDERS))
    put(redis_server, account_state(ada_account.pk, now=datetime.now(UTC), alerts=[alert()]))
    html = page(visitor)
    assert '<b class="gain" data-field="pnl" title="34.695 USDT">+34.70 USDT (+0.36%)</b>' in html
    assert '<b class="loss" data-field="pnl" title="-23.5 USDT">-23.50 USDT (-0.39%)</b>' in html
    assert 'class="side long"' in html
    assert 'class="side short"' in html
    for text in (
        "Of Ada",
        "Connected",
        "stream = REST",
        "12.4 ATR",
        "danger",
        "breached",
        "10,034.7",
        "trigger 62,000",
    ):
        assert text in html, text
    assert "A stop-loss of BTCUSDT was passed" in html
    assert "data-stale-since" not in html


@pytest.mark.parametrize(
    ("mode", "environment", "banner"), [("live", "live", "LIVE"), ("live", "demo", "DEMO"), ("test", "live", "REPLAY")]
)
def test_each_account_says_whether_it_is_real(
    visitor: Visitor,
    ada_account: Account,
    redis_server: str,
    settings: Settings,
    mode: str,
    environment: str,
    banner: str,
) -> None:
    """B-21: live, demo, or no exchange at all."""
    settings.OMEGA_MODE = mode
    Account.objects.update(environment=environment)
    environment_badge = page(visitor).split('class="environment"', 1)[1].split("</span>", 1)[0]
    assert banner in environment_badge


def test_a_flat_account_is_neutral(visitor: Visitor, ada_account: Account, redis_server: str) -> None:
    """M-05: said, not left blank."""
    put(redis_server, positions_state(ada_account.pk), account_state(ada_account.pk))
    assert "NEUTRAL: no open position." in page(visitor)


def store_position(account: Account) -> None:
    at = datetime(2026, 3, 1, 11, 59, 58, tzinfo=UTC)
    size = {"size": Decimal("0.5"), "entry_price": Decimal(60000), "unrealized_pnl": Decimal(30)}
    Position.objects.create(account=account, symbol="BTCUSDT", side="long", opened_at=at, updated_at=at, **size)
    Position.objects.create(
        account=account, symbol="OLDUSDT", side="long", opened_at=at, updated_at=at, closed_at=at, size=0
    )
    Order.objects.create(account=account, order_id="1", symbol="BTCUSDT", kind="limit", status="live", updated_at=at)
    Order.objects.create(account=account, order_id="2", symbol="OLDUSDT", kind="limit", status="filled", updated_at=at)
    for coin, equity, minutes in (("USDT", 555, 2), ("USDT", 777, 1), ("", 888, 3)):
        taken_at = at - timedelta(minutes=minutes)
        BalanceSnapshot.objects.create(account=account, coin=coin, equity=equity, taken_at=taken_at)
    PositionChange.objects.create(
        account=account, symbol="BTCUSDT", side="long", kind="opened", source="rest", happened_at=at, noticed_at=at
    )


def test_while_redis_is_away_the_stored_account_is_shown_as_stale(
    visitor: Visitor, ada_account: Account, settings: Settings
) -> None:
    """M-07: the last that was known, marked, never as flat."""
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    store_position(ada_account)
    html = page(visitor)
    assert "+30.00 USDT (+0.10%)" in html
    assert "data-stale" in html
    assert 'data-field="stale"> STALE since 11:59:58 <' in html
    assert "The store of live data does not answer" in html
    assert "BTCUSDT LONG opened" in html
    assert [equity in html for equity in (">555<", ">777<", ">888<")] == [False, True, True]
    assert "OLDUSDT" not in html


@pytest.mark.parametrize(
    ("kind", "note"), [("stop_loss", "none found on the account"), (None, "not known: the orders")]
)
def test_what_protects_a_stored_position_is_shown_or_not_known(
    visitor: Visitor, ada_account: Account, settings: Settings, kind: str | None, note: str
) -> None:
    """M-17: its stop-loss is among the stored orders; without any nobody says that it is unprotected."""
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    store_position(ada_account)
    orders = Order.objects.filter(order_id="1")
    if kind:
        orders.update(kind=kind, position_side="long", trigger_price=Decimal(55000))
    else:
        orders.delete()
    html = page(visitor)
    assert ('data-field="at">at 55,000.00<' in html) == bool(kind)
    assert note in html


def test_a_worker_that_died_a_moment_ago_is_not_live_on_a_page_load(
    visitor: Visitor, ada_account: Account, redis_server: str
) -> None:
    """M-07: what it wrote is still in Redis, for a minute."""
    died_at = datetime.now(UTC) - timedelta(seconds=3)
    put(redis_server, positions_state(ada_account.pk, LONG), account_state(ada_account.pk, now=died_at))
    html = page(visitor)
    assert "Connected" not in html
    assert f'data-stale-since="{died_at.isoformat()}"' in html


def test_targets_of_stale_orders_are_marked_on_a_page_load(
    visitor: Visitor, ada_account: Account, redis_server: str
) -> None:
    """M-17: although the position itself is sure."""
    now = datetime.now(UTC)
    put(redis_server, positions_state(ada_account.pk, LONG), account_state(ada_account.pk, now=now))
    put(redis_server, orders_state(ada_account.pk, *ORDERS, stale_since_at=NOON))
    html = page(visitor)
    assert 'data-field="targets_old"> as of 12:00:00, may be old' in html
    assert ["data-stale-since" in panel_of(html, kind) for kind in ("position", "orders")] == [False, True]


def test_only_changes_of_the_size_are_listed(visitor: Visitor, ada_account: Account, redis_server: str) -> None:
    """What else changed, as the margin mode, is in the admin, and takes no place from a size."""
    store_position(ada_account)
    opened = PositionChange.objects.get()
    for _ in range(10):
        opened.pk, opened.kind = None, "changed"
        opened.save()
    html = page(visitor)
    assert "BTCUSDT LONG opened" in html
    assert "BTCUSDT LONG changed" not in html


def test_an_account_that_nobody_follows_says_so(visitor: Visitor, ada_account: Account, redis_server: str) -> None:
    """And what it holds is not known."""
    html = page(visitor)
    assert "Not followed" in html
    assert "Not known: no worker has read it yet." in html


def test_an_account_that_is_switched_off_says_since_when(
    visitor: Visitor, ada_account: Account, redis_server: str
) -> None:
    """Since its line last entered a state, long after Redis forgot it."""
    Account.objects.update(is_enabled=False)
    ended_at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    for kind, hours in (("state", 1), ("state", 0), ("alert", -1)):
        at = ended_at - timedelta(hours=hours)
        StreamEvent.objects.create(account=ada_account, kind=kind, text="", happened_at=at)
    html = page(visitor)
    assert 'data-state="off"' in html
    assert f'data-age="{ended_at.isoformat()}"' in html
    assert "data-stale-since" not in html


def test_without_an_account_the_page_says_what_to_do(visitor: Visitor, redis_server: str) -> None:
    """A fresh installation has none."""
    assert "An administrator adds one in Admin → Accounts" in page(visitor)


def test_the_staff_page_has_five_blocks(operator: Visitor, ada_account: Account, redis_server: str) -> None:
    """B-26, M-11, B-19."""
    put_account(redis_server, ada_account, held="BTCUSDT")
    html = page(operator, DEBUG_PAGE)
    for title in ("WebSocket status", "Data validation", "PnL check", "Error states", "Connection monitoring"):
        assert title in html
    assert "🔮 OMEGA DEBUG BTCUSDT long 0.150" in html
    assert "the venue closed the connection" in html


def test_text_of_the_venue_is_text(visitor: Visitor, ada_account: Account, redis_server: str) -> None:
    """S9: nothing that it sends is markup."""
    put_account(redis_server, ada_account, held="<script>alert(1)</script>")
    html = page(visitor)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
