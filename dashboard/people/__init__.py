"""Who works with the site: how they log in, what they may, and how they want to read."""
