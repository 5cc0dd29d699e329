"""Private account data: positions, orders and balances, live and reconciled. Reuses feeds' connection and storage."""
