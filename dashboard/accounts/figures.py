"""How sums, percents, sizes and distances of an account read, in the active manner."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dashboard import manner
from dashboard.accounts.parts import Figure

NOTHING: Final = "–"
NOT_PROVIDED: Final = gettext_noop("not provided")
GAIN, LOSS = "gain", "loss"
_CENT: Final = Decimal("0.01")
_TENTH: Final = Decimal("0.1")
# Of a number that was computed, as an average entry price: what an eye can use, and a column can hold.
_DIGITS: Final = 8
# Room for a ratio of the largest to the smallest that a venue can tell; the default has 28 digits.
_ROUNDED: Final = Context(prec=200, rounding=ROUND_HALF_EVEN)


def plain(number: Decimal | None, unit: str = "") -> str:
    """Every digit, grouped, without zeros at the end: 1,234.5; a dash for what is not known."""
    if number is None:
        return NOTHING
    whole, _, fraction = format(number, ",f").partition(".")
    fraction = fraction.rstrip("0")
    return _with(manner.number(f"{whole}.{fraction}" if fraction else whole), unit)


def price(number: Decimal | None) -> str:
    """As `plain`, with the cents at least: 64,000.10."""
    if number is None:
        return NOTHING
    whole, _, fraction = format(number, ",f").partition(".")
    return manner.number(f"{whole}.{fraction.rstrip('0').ljust(2, '0')}")


def short(number: Decimal | None, unit: str = "") -> Figure:
    """As `plain`, to eight digits, but not less than to the cent."""
    return _figure(plain(_shortened(number), unit), plain(number, unit))


def short_price(number: Decimal | None) -> Figure:
    """As `price`, to eight digits, but not less than to the cent."""
    return _figure(price(_shortened(number)), price(number))


def signed(number: Decimal) -> str:
    """B-18: +1.23, -0.50, and 0.00 for what rounds to nothing, from below too."""
    rounded = _rounded(number, _CENT)
    return manner.number(f"{rounded:+,.2f}" if rounded else "0.00")


def pnl(sum_: Decimal | None, percent: Decimal | None, coin: str) -> str:
    """B-18: +1.23 USDT (+0.45%)."""
    if sum_ is None:
        return NOTHING
    told = _with(signed(sum_), coin)
    return told if percent is None else f"{told} ({signed_percent(percent)})"


def tone(number: Decimal | None) -> str:
    """B-18: what is shown as zero or more is a gain; "" for what is not known."""
    if number is None:
        return ""
    return GAIN if _rounded(number, _CENT) >= 0 else LOSS


def signed_percent(number: Decimal | None) -> str:
    return NOTHING if number is None else f"{signed(number)}%"


def percent(number: Decimal | None) -> str:
    """Of a ratio: 0.0123 is 1.23%."""
    return NOTHING if number is None else manner.number(f"{_rounded(number * 100, _CENT):,.2f}") + "%"


def distance(number: Decimal | None, atrs: Decimal | None = None) -> str:
    """How far the mark price is from something: 4.21% away, 7.3 ATR; "" where nobody knows."""
    if number is None:
        return ""
    percent = manner.number(f"{_rounded(abs(number), _CENT):,.2f}") + "%"
    if atrs is None:
        return _("%(percent)s away") % {"percent": percent}
    told = {"percent": percent, "atrs": manner.number(f"{_rounded(atrs, _TENTH):,.1f}")}
    return _("%(percent)s away, %(atrs)s ATR") % told


def leverage(number: Decimal | None) -> str:
    return NOTHING if number is None else f"{plain(number)}×"


def _figure(text: str, exact: str) -> Figure:
    return Figure(text, "" if text == exact else exact)


def _shortened(number: Decimal | None) -> Decimal | None:
    if number is None:
        return None
    step = Decimal(1).scaleb(min(number.adjusted() + 1 - _DIGITS, -2))
    return number if number == number.to_integral_value() else _rounded(number, step)


def _rounded(number: Decimal, step: Decimal) -> Decimal:
    return number.quantize(step, context=_ROUNDED)


def _with(number: str, unit: str) -> str:
    return f"{number} {unit}" if unit else number
