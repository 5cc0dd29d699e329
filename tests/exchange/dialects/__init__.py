"""The registry of venues: one line for each."""

from tests.exchange.dialect import Dialect
from tests.exchange.dialects.binance import Binance
from tests.exchange.dialects.bybit import Bybit
from tests.exchange.dialects.gateio import Gateio
from tests.exchange.dialects.htx import Htx
from tests.exchange.dialects.kraken import Kraken
from tests.exchange.dialects.kucoin import Kucoin
from tests.exchange.dialects.okx import Okx

DIALECTS: dict[str, Dialect] = {
    dialect.code: dialect
    for dialect in (
        Binance(),
        Kucoin(),
        Bybit(),
        Okx(),
        Htx(),
        Kraken(),
        Gateio(),
    )
}
