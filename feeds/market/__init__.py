"""What trades mean: pure functions over trades, quotes and candles."""
