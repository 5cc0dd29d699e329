"""Whether a venue's symbol can be what it is said to be: prices in different currencies are never mixed. Pure."""

from feeds.venues.base import Venue


def objection(symbol: str, base: str, quote: str, dialect: Venue) -> str:
    """Why the symbol must not stand for this pair; "" where it may.

    A venue may have another name for the base, such as XBT, but never another currency of the price.
    """
    own = dialect.symbol(base, quote)
    if symbol == own or _has_other_name(symbol, base, quote, dialect):
        return ""
    return (
        f"{dialect.name} writes {base}-{quote} as {own}. {symbol} is another pair: add an instrument of its own for it."
    )


def _has_other_name(symbol: str, base: str, quote: str, dialect: Venue) -> bool:
    name = symbol.removesuffix(dialect.symbol("", quote))
    is_name = name.isascii() and name.isalnum() and dialect.symbol(name, quote) == symbol
    # BTCFDUSD ends with USD, but is priced in FDUSD: only the base's own name can stand before more letters.
    return is_name and not name.upper().startswith(base)
