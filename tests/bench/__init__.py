"""How fast we read frames, and how we come through a fault of Redis, next to other libraries: `python -m tests.bench`.

To add a figure: one function in `figures/`, one line in `figures/__init__.py`.
"""
