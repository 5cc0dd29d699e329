"""Keeping the line to a venue open."""
