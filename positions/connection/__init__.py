"""Keeping an account's line open, and asking beside it."""
