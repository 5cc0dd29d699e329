"""What an account shows of itself."""
