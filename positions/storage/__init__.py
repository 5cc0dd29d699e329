"""Keeping what became of an account."""
