"""How the site does, in a terminal: `manage.py monitor`."""
