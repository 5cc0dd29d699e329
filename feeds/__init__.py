"""Public market data: what venues say, kept and shown. Knows nothing of the applications above it."""
