"""How the venue of the accounts spells our instruments. Pure."""


def symbol_of(instrument: str) -> str:
    """BTC-USDT is BTCUSDT there."""
    return instrument.replace("-", "")
