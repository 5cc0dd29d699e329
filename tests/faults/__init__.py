"""Broken networks for tests: lines that drip and break, peers that answer with anything, certificates of all kinds.

And `make faults`, which plays the timed rows of the fault matrix many times: read row.py, stage.py, then any of rows/.
"""
