"""Who may do what: every route and every socket command, held against a table."""
