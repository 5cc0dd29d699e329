"""API keys: sealed, opened, judged."""
