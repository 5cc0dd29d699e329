"""Keeping what came: Redis for now, the database for ever."""
