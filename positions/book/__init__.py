"""What is known of an account, and who is right when two say different things. Pure."""
