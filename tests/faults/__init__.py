"""Broken networks for tests: lines that drip and break, peers that answer with anything, certificates of all kinds."""
