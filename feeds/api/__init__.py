"""REST over what feeds and venues did: /api/v1/. Who may ask is wired in omega_site/rest.py."""
