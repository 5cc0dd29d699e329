"""What an exchange says of a private account: one pure dialect each."""
