"""How fast we read frames, next to other libraries that read the same ones: `python -m tests.bench`.

To add a figure: one function in `figures/`, one line in `figures/__init__.py`.
"""
