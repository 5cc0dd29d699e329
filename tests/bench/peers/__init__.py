"""Everyone who reads the frames: one program each, run in its own environment, all speaking `worker.py`."""
