"""Real processes on real ports, and what becomes of the data when they are killed, stopped or muted."""
