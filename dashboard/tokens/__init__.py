"""API tokens: made once, shown once, kept as a digest."""
