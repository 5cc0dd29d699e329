"""The page of what was stored: a look at it, and files of it."""
