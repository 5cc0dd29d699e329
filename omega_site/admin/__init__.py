"""The admin as a site: its look, its menu, its place among the applications. Pages of rows are with their rows."""
