"""Who may ask the REST API, how often, and how it says that something is wrong."""
