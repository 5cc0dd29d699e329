"""Targets found on the account, and those that the price passed although they are still there."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from positions.board.prices import PublicPrice
from positions.board.protection import BREACHED_AFTER, Breaches, Held, found
from positions.latest import Target
from positions.types import Order
from positions.words import MarginMode, OrderKind, PositionSide
from tests.feeds.samples import NOON
from tests.positions.samples import long, trigger

MOMENT = timedelta(seconds=1)


def price(mark: str, after: timedelta = timedelta(0)) -> PublicPrice:
    return PublicPrice(mark=Decimal(mark), marked_at=NOON + after)


def prices_of(targets: list[Target]) -> list[str]:
    return [str(target.price) for target in targets]


def test_targets_are_found_by_kind_nearest_first() -> None:
    """M-17: with how far the mark price has to go; one of the whole position has no size."""
    orders = [
        trigger("1", OrderKind.TAKE_PROFIT, "90000"),
        trigger("2", OrderKind.POSITION_TAKE_PROFIT, "82000"),
        trigger("3", OrderKind.STOP_LOSS, "78000"),
        trigger("4", OrderKind.TRIGGER, "70000"),
    ]
    held = found(long(), orders, price("80000"))
    assert prices_of(held.take_profits) == ["82000", "90000"]
    assert [each.distance_percent for each in held.take_profits] == [Decimal("2.5"), Decimal("12.5")]
    assert [each.size for each in held.take_profits] == [None, Decimal("0.5")]
    assert [each.distance_percent for each in held.stop_losses] == [Decimal("-2.5")]


def test_a_bracket_is_both() -> None:
    """M-17: the unified world has take-profit and stop-loss in one order."""
    bracket = Order(
        order_id="1",
        symbol="BTCUSDT",
        kind=OrderKind.BRACKET,
        take_profit=Decimal(82_000),
        stop_loss=Decimal(78_000),
    )
    held = found(long(), [bracket], price("80000"))
    assert (prices_of(held.take_profits), prices_of(held.stop_losses)) == (["82000"], ["78000"])


def test_targets_of_others_are_left_out() -> None:
    """M-17: another symbol, side or margin mode. In one-way mode an order names no side."""
    stop = trigger("1", OrderKind.STOP_LOSS, "78000")
    others = [replace(stop, position_side=PositionSide.SHORT), replace(stop, symbol="ETHUSDT")]
    others.append(replace(stop, margin_mode=MarginMode.ISOLATED))
    assert found(long(), others, price("80000")).stop_losses == []
    assert prices_of(found(long(), [replace(stop, position_side=None)], price("80000")).stop_losses) == ["78000"]


def test_what_the_position_says_counts_where_no_order_does() -> None:
    """M-17: a row of REST tells its targets too, a little later."""
    position = replace(long(), take_profit=Decimal(82_000), stop_loss=Decimal(78_000))
    held = found(position, [trigger("1", OrderKind.STOP_LOSS, "79000")], price("80000"))
    assert (prices_of(held.take_profits), prices_of(held.stop_losses)) == (["82000"], ["79000"])


def held_at(mark: str, after: timedelta, side: PositionSide = PositionSide.LONG) -> Held:
    """A stop-loss at 100 of a position of this side."""
    now = price(mark, after)
    return Held(replace(long(), side=side), now, [], [Target(order_id="1", price=Decimal(100))])


@pytest.mark.parametrize(("side", "mark"), [(PositionSide.LONG, "100"), (PositionSide.SHORT, "101")])
def test_a_target_that_was_passed_for_three_seconds_is_breached(side: PositionSide, mark: str) -> None:
    """M-17: and its order is still there."""
    breaches = Breaches()
    at_times = (timedelta(0), BREACHED_AFTER, BREACHED_AFTER + MOMENT)
    looks = [breaches.marked([held_at(mark, after, side)])[0] for after in at_times]
    assert [look.stop_losses[0].is_breached for look in looks] == [False, False, True]


def test_a_price_that_came_back_begins_anew() -> None:
    """M-17: three seconds in all are no breach."""
    breaches = Breaches()
    for after, mark in ((0, "99"), (2, "101"), (4, "99")):
        (look,) = breaches.marked([held_at(mark, timedelta(seconds=after))])
    assert not look.stop_losses[0].is_breached


def test_nothing_is_breached_while_nobody_knows() -> None:
    """M-17: without a newer price, and after orders could not be seen for a while."""
    breaches = Breaches()
    assert not breaches.marked([held_at("99", timedelta(0))])[0].stop_losses[0].is_breached
    assert not breaches.marked([held_at("99", timedelta(0))])[0].stop_losses[0].is_breached
    breaches.forget()
    assert not breaches.marked([held_at("99", BREACHED_AFTER + MOMENT)])[0].stop_losses[0].is_breached
    unknown = held_at("99", timedelta(0))._replace(price=PublicPrice())
    assert not breaches.marked([unknown])[0].stop_losses[0].is_breached


def test_a_stop_loss_that_was_moved_is_another_one() -> None:
    """M-17: its three seconds begin when it is there."""
    breaches = Breaches()
    breaches.marked([held_at("99", timedelta(0))])
    later = held_at("99", BREACHED_AFTER + MOMENT)
    moved = later._replace(stop_losses=[Target(order_id="1", price=Decimal("99.5"))])
    assert not breaches.marked([moved])[0].stop_losses[0].is_breached
