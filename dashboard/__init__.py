"""What people see: one live page and the socket behind it."""
