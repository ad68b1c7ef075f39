"""What may be done with market data, and what is computed from it."""
