"""The accounts' pages: what a user may see of them, as the server's words, live."""
