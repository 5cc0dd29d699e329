"""Private account data. Empty until the BitGet stream moves in; it will reuse feeds.connection and feeds.storage."""
