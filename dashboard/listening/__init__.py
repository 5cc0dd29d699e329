"""A client of our own WebSockets, for terminals and scripts: `manage.py listen`."""
