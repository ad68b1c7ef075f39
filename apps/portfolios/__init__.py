"""Investment accounts, holdings, lots, trades and performance."""
