"""A page that is left open under load for eight hours, in some minutes: `python -m tests.soak`."""
