"""What each panel has to say of what REST says: in the words and figures of the first paint."""

from tests.system.live.panels.account import ACCOUNT
from tests.system.live.panels.feed import FEED, of_coverage, of_log
from tests.system.live.panels.market import MARKET, bars, counted
from tests.system.live.panels.words import NAMES

__all__ = ["ACCOUNT", "FEED", "MARKET", "NAMES", "bars", "counted", "of_coverage", "of_log"]
