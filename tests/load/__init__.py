"""`make load`: hundreds of clients at once, what reaches them, how soon, and what it costs the server."""
