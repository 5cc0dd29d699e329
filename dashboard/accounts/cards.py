"""Positions, orders, balances and changes as they are shown. Pure: states go in, texts come out."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dashboard import manner
from dashboard.accounts import figures
from dashboard.accounts.parts import (
    BalanceRow,
    ChangeRow,
    Figure,
    Level,
    Meter,
    OrderRow,
    PnlRow,
    PositionCard,
    TargetCard,
)
from positions.board.protection import WHOLE
from positions.latest import BalanceLine, Check, OrderLine, PositionLine, Target
from positions.names import word
from positions.queries.stored import ChangeView
from positions.words import OrderKind

_ARROWS: Final = {"long": "▲", "short": "▼"}
# The whole of a unified account has no coin: its sum is in US dollars.
_WHOLE_ACCOUNT: Final = gettext_noop("All, in USD")
_NO_TARGET: Final = gettext_noop("none found on the account")
_TARGETS_NOT_KNOWN: Final = gettext_noop("not known: the orders were not read yet")


def position(
    line: PositionLine, are_orders_known: bool = True, orders_stale_since_at: datetime | None = None
) -> PositionCard:
    """What protects it is an order: while nobody knows the orders, nobody knows whether it is protected."""
    coin = line.margin_coin or "USDT"
    targets = [_target("TP", each) for each in line.take_profits] + [_target("SL", each) for each in line.stop_losses]
    return PositionCard(
        symbol=line.symbol,
        side=line.side,
        side_text=line.side.upper(),
        arrow=_ARROWS.get(line.side, ""),
        state=line.state,
        mode=", ".join(word(mode) for mode in (line.margin_mode, line.position_mode) if mode),
        size=figures.plain(line.size),
        entry=figures.short_price(line.entry_price),
        mark=figures.short_price(line.mark_price),
        break_even=figures.short_price(line.break_even_price),
        pnl=Figure(figures.pnl(line.pnl, line.pnl_percent, coin), figures.plain(line.pnl, coin)),
        tone=figures.tone(line.pnl),
        roe=figures.signed_percent(line.roe_percent),
        liquidation=_liquidation(line),
        liquidation_away=figures.distance(line.liquidation_percent, line.liquidation_atr),
        risk=line.risk,
        risk_text=word(line.risk),
        leverage=figures.leverage(line.leverage),
        margin=figures.short(line.margin, coin),
        margin_ratio=figures.percent(line.margin_ratio),
        funding=_funding(line, coin),
        realized=figures.pnl(line.realized_pnl, None, coin),
        targets=targets,
        levels=_levels(line),
        targets_note=_(_NO_TARGET) if are_orders_known else _(_TARGETS_NOT_KNOWN),
        targets_stale_since_at=orders_stale_since_at if targets or are_orders_known else None,
    )


def _levels(line: PositionLine) -> list[Level]:
    """The prices of a position that a chart has a line for; those that nobody told are left out."""
    told = [
        ("entry", line.entry_price),
        ("mark", line.mark_price),
        ("liquidation", line.liquidation_price),
        *(("take-profit", each.price) for each in line.take_profits),
        *(("stop-loss", each.price) for each in line.stop_losses),
    ]
    return [Level(kind, format(price, "f")) for kind, price in told if price is not None]


def _liquidation(line: PositionLine) -> Figure:
    price = line.liquidation_price
    return Figure(_(figures.NOT_PROVIDED)) if price is None else figures.short_price(price)


def _target(name: str, target: Target) -> TargetCard:
    told = {"size": figures.plain(target.size), "price": figures.price(target.price)}
    at = _("at %(price)s") if target.size is None else _("%(size)s at %(price)s")
    state = "breached" if target.is_breached else ""
    return TargetCard(name, at % told, figures.distance(target.distance_percent), state, word(state))


def _funding(line: PositionLine, coin: str) -> str:
    """What was paid or got so far, and what comes next."""
    told = [] if line.funding_fee is None else [figures.pnl(line.funding_fee, None, coin)]
    if line.funding_rate is not None:
        due = {"rate": f"{figures.plain(line.funding_rate * 100)}%"}
        if line.next_funding_at:
            told.append(_("next %(rate)s at %(time)s") % {**due, "time": f"{manner.local(line.next_funding_at):%H:%M}"})
        else:
            told.append(_("next %(rate)s") % due)
    return ", ".join(told) or figures.NOTHING


def order(line: OrderLine) -> OrderRow:
    return OrderRow(
        symbol=line.symbol,
        kind=word(line.kind),
        direction=_direction(line),
        at=_price_of(line),
        amount=_amount(line),
        status=word(line.status),
    )


def _direction(line: OrderLine) -> str:
    """In hedge mode `side` is the position's: what the order does to which side says more."""
    if line.action and line.position_side:
        return f"{word(line.action)} {line.position_side}"
    return word(line.side or line.action)


def _price_of(line: OrderLine) -> str:
    prices = (
        [] if line.trigger_price is None else [_("trigger %(price)s") % {"price": figures.price(line.trigger_price)}]
    )
    prices += [figures.price(line.price)] if line.price else []
    return ", ".join(prices) or (word("market") if line.kind == OrderKind.MARKET else figures.NOTHING)


def _amount(line: OrderLine) -> str:
    if line.kind in WHOLE:
        return _("all")
    size = figures.plain(line.size)
    return _("%(filled)s of %(size)s") % {"filled": figures.plain(line.filled), "size": size} if line.filled else size


def balance(line: BalanceLine) -> BalanceRow:
    sums = (line.equity, line.available, line.frozen)
    return BalanceRow(line.coin or _(_WHOLE_ACCOUNT), *(figures.short(each) for each in sums))


def change(view: ChangeView) -> ChangeRow:
    sizes = f"{figures.plain(view.size_before)} → {figures.plain(view.size_after)}"
    return ChangeRow(view.noticed_at, f"{view.symbol} {view.side.upper()} {word(view.kind)}", sizes, word(view.source))


def meter(check: Check) -> Meter:
    """What REST said otherwise only once is a suspicion, and no difference yet."""
    if check.is_equal is None:
        return Meter(_("not compared with REST yet"), "", check.checked_at)
    if check.is_equal:
        return Meter(_("stream = REST"), "good", check.checked_at)
    if not check.drifts:
        return Meter(_("REST is being compared again"), "", check.checked_at)
    several = ngettext("stream ≠ REST: %(n)d difference", "stream ≠ REST: %(n)d differences", check.drifts)
    return Meter(several % {"n": check.drifts}, "bad", check.checked_at)


def pnl_check(line: PositionLine) -> PnlRow:
    """Both at the venue's own mark price, so that only a wrong size, entry or sign can part them."""
    name, coin, check = f"{line.symbol} {line.side.upper()}", line.margin_coin, line.pnl_check
    if check is None:
        venues = figures.short(line.venue_pnl, coin)
        return PnlRow(name, Figure(figures.NOTHING), venues, figures.NOTHING, _(figures.NOT_PROVIDED))
    apart = figures.signed(check.ours - check.venues)
    verdict = _("equal") if apart == "0.00" else _("apart")
    return PnlRow(name, figures.short(check.ours, coin), figures.short(check.venues, coin), apart, verdict)
