"""The catalogues of texts: what the code says, extracted without any tool of the system, and held against locale/."""
