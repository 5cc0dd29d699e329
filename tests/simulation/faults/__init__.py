"""What may go wrong: with a venue, with all of them at once, and in our own house."""
