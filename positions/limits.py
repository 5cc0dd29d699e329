"""What BitGet allows one address of ours, for however many accounts: https://www.bitget.com/api-doc/common/intro"""

from typing import Final

from feeds.pace import Rate

# What its limits and wishes are counted under.
VENUE: Final = "bitget"
# Half of the 300 connections that it allows in five minutes, public and private ones together.
CONNECTS: Final = Rate(150, 300.0)
