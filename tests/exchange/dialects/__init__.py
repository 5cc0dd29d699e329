"""The registry of venues: one line for each."""

from tests.exchange.dialect import Dialect
from tests.exchange.dialects.binance import Binance
from tests.exchange.dialects.htx import Htx

DIALECTS: dict[str, Dialect] = {dialect.code: dialect for dialect in (Binance(), Htx())}
