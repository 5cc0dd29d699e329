"""docs/querying.md holds what it says: each question is asked both ways, and gets the same answer."""
